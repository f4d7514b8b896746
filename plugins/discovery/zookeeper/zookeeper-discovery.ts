import { setTimeout as sleep } from 'node:timers/promises';
import { toBraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import type { Discovery, Member } from '../discovery.ts';
import { keepAnnounced } from '../keep-announced.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import { MemberFeed } from '../member-feed.ts';
import { encodeMember, RegistryEntries, type RegistryEntry } from '../member-record.ts';
import { holdNode } from './hold-node.ts';
import { MemberNodes } from './member-nodes.ts';
import { type SessionOptions, ZooKeeperSession } from './zookeeper-session.ts';

export interface ZooKeeperDiscoveryOptions {
  readonly session: SessionOptions;
  readonly membersPath: string;
  readonly logger: PluginLogger;
}

/** One session at a time, for the list and for what this process announces. */
export class ZooKeeperDiscovery implements Discovery {
  readonly #options: ZooKeeperDiscoveryOptions;
  readonly #feed = new MemberFeed();
  readonly #entries: RegistryEntries;
  readonly #closing = new AbortController();
  #session: ZooKeeperSession | undefined;
  #following: Promise<void> | undefined;
  /** Names in the list that is published. */
  #names: ReadonlySet<string> = new Set();
  /** Those of the session before, which may come back: without them a list is doubted. */
  #awaited: ReadonlySet<string> = new Set();
  #doubted: readonly RegistryEntry[] | undefined;

  constructor(options: ZooKeeperDiscoveryOptions) {
    this.#options = options;
    this.#entries = new RegistryEntries(options.logger);
  }

  /** Throws when the servers refuse to let the list be read. Servers that do not answer are waited for a little, and then not. */
  async probe(): Promise<void> {
    const limit = sleep(DISCOVERY_LIMITS.announceWaitMsMax, undefined, { ref: false });
    const read = this.#current().children(this.#options.membersPath, () => undefined);
    try {
      await Promise.race([read, limit]);
    } catch (thrown) {
      const error = toBraidError(thrown);
      if (error.isInput) throw error;
      this.#warn(error);
    } finally {
      read.catch(() => undefined);
    }
  }

  watch(signal: AbortSignal): AsyncIterable<readonly Member[]> {
    this.#following ??= this.#follow();
    return this.#feed.watch(signal);
  }

  async announce(member: Member): Promise<AsyncDisposable> {
    const data = Buffer.from(encodeMember(member));
    const path = `${this.#options.membersPath}/${encodeURIComponent(member.nodeId)}`;
    let replaces = true;
    return keepAnnounced({
      nodeId: member.nodeId,
      logger: this.#options.logger,
      hold: async () => {
        const held = await holdNode({ session: this.#current(), path, data, replaces });
        replaces = false;
        return held;
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#feed.close();
    await this.#session?.[Symbol.asyncDispose]();
    await this.#following;
  }

  /** The session that lives, or a new one. */
  #current(): ZooKeeperSession {
    if (!this.#session || (this.#session.isOver && !this.#closing.signal.aborted))
      this.#session = ZooKeeperSession.open(this.#options.session);
    return this.#session;
  }

  async #follow(): Promise<void> {
    const { membersPath: path } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const session = this.#current();
      const nodes = new MemberNodes({
        session,
        path,
        onEntries: (entries) => this.#take(entries),
        onError: (error) => this.#warn(error),
      });
      await nodes.follow(signal);
      if (signal.aborted) return;
      this.#warn(await session.ended);
      this.#awaitReturn();
      await session[Symbol.asyncDispose]();
      await sleep(DISCOVERY_LIMITS.retryDelayMsMin, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What ended this session most likely ended those of others: who is missing now is given as long as a session to announce itself again. */
  #awaitReturn(): void {
    this.#awaited = this.#names;
    const believe = (): void => {
      this.#awaited = new Set();
      if (this.#doubted) this.#take(this.#doubted);
    };
    setTimeout(believe, this.#options.session.timeoutMs).unref();
  }

  #take(entries: readonly RegistryEntry[]): void {
    const names = new Set(entries.map(({ key }) => key));
    this.#doubted = entries;
    if ([...this.#awaited].some((name) => !names.has(name))) return;
    this.#doubted = undefined;
    this.#awaited = new Set();
    this.#names = names;
    this.#feed.publish(this.#entries.members(entries));
  }

  #warn(error: unknown): void {
    const { servers } = this.#options.session;
    this.#options.logger.warn(
      { err: error, servers },
      'ZooKeeper cannot be asked who is there: the known members stay',
    );
  }
}
