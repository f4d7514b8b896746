import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { Backoff } from '../../../core/backoff.ts';
import { toBraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import type { Discovery, Member, Role } from '../discovery.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import { MemberFeed } from '../member-feed.ts';
import { statusOf, UNAUTHORIZED } from './api-error.ts';
import { type EndpointProblem, endpointMembers } from './endpoint-members.ts';
import { type KubernetesLibrary, SliceList } from './slice-list.ts';

export interface KubernetesDiscoveryOptions {
  readonly library: KubernetesLibrary;
  /** Called again when the API server no longer takes what the last one said. */
  readonly loadConfig: () => KubeConfig;
  readonly namespace: string;
  readonly portName: string;
  /** Label selectors. */
  readonly selectors: Readonly<Record<Exclude<Role, 'router'>, string>>;
  readonly logger: PluginLogger;
}

/** Follows the slices of every role, each on its own. */
export class KubernetesDiscovery implements Discovery {
  readonly #options: KubernetesDiscoveryOptions;
  readonly #feed = new MemberFeed();
  readonly #closing = new AbortController();
  /** Undefined before the first list of a role. */
  readonly #members: Map<Role, readonly Member[] | undefined>;
  readonly #warned = new Map<Role, string>();
  #config: KubeConfig;
  #following: readonly Promise<void>[] = [];

  constructor(options: KubernetesDiscoveryOptions) {
    this.#options = options;
    this.#config = options.loadConfig();
    this.#members = new Map(this.#roles().map(([role]) => [role, undefined]));
  }

  /** Throws when the API server refuses. One that does not answer is waited for a little, and then tried in the background. */
  async start(): Promise<void> {
    const tries = this.#roles().map(([role, selector]) => {
      const first = Promise.withResolvers<void>();
      return { first: first.promise, followed: this.#follow(role, selector, first) };
    });
    this.#following = tries.map(({ followed }) => followed);
    const limit = sleep(DISCOVERY_LIMITS.announceWaitMsMax, undefined, { ref: false });
    await Promise.race([Promise.all(tries.map(({ first }) => first)), limit]);
  }

  watch(signal: AbortSignal): AsyncIterable<readonly Member[]> {
    return this.#feed.watch(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#feed.close();
    await Promise.all(this.#following);
  }

  #roles(): [Role, string][] {
    return Object.entries(this.#options.selectors) as [Role, string][];
  }

  /** `first` tells of the first answer, or refusal. */
  async #follow(role: Role, selector: string, first: PromiseWithResolvers<void>): Promise<void> {
    const { library, namespace, portName, logger } = this.#options;
    const { signal } = this.#closing;
    const backoff = new Backoff(DISCOVERY_LIMITS.retryDelayMsMin, DISCOVERY_LIMITS.retryDelayMsMax);
    const list = new SliceList({
      library,
      config: () => this.#config,
      namespace,
      selector,
      onSlices: (slices) => {
        const { members, problems } = endpointMembers(slices, role, portName);
        this.#warn(role, problems);
        this.#members.set(role, members);
        this.#publish();
        first.resolve();
        backoff.reset();
      },
    });
    first.promise.catch(() => undefined);
    while (!signal.aborted) {
      let pauseMs: number = DISCOVERY_LIMITS.retryDelayMsMin;
      try {
        await list.follow(signal);
      } catch (thrown) {
        const error = toBraidError(thrown);
        if (error.isInput) first.reject(error);
        else first.resolve();
        if (signal.aborted) break;
        logger.warn({ err: error, role }, 'Kubernetes cannot be asked who is there: the known members stay');
        if (statusOf(error.cause) === UNAUTHORIZED) this.#reload();
        pauseMs = backoff.nextMs();
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Tokens and certificates are rotated: files are read again. */
  #reload(): void {
    try {
      this.#config = this.#options.loadConfig();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the configuration of Kubernetes cannot be read again');
    }
  }

  /** A pod that both selectors name has both roles. */
  #publish(): void {
    const merged = new Map<string, Member>();
    for (const members of this.#members.values()) {
      if (!members) return;
      for (const member of members) {
        const known = merged.get(member.nodeId);
        merged.set(member.nodeId, known ? { ...known, roles: [...known.roles, ...member.roles] } : member);
      }
    }
    this.#feed.publish([...merged.values()]);
  }

  /** Once for as long as it stays as it is. */
  #warn(role: Role, problems: readonly EndpointProblem[]): void {
    const text = JSON.stringify(problems);
    if (text === (this.#warned.get(role) ?? '[]')) return;
    this.#warned.set(role, text);
    for (const { where, reason } of problems)
      this.#options.logger.warn({ role, where, reason }, 'an EndpointSlice cannot be read as it stands');
  }
}
