import type { Etcd3, Watcher } from 'etcd3';
import { BraidError } from '../../../core/errors.ts';
import type { Member } from '../discovery.ts';
import type { HeldRecord } from '../keep-announced.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import { encodeMember, type RegistryEntry } from '../member-record.ts';
import type { Registry } from '../registry-discovery.ts';
import { holdKey } from './hold-key.ts';

export interface EtcdSettings {
  readonly connect: () => Etcd3;
  readonly prefix: string;
  readonly ttlMs: number;
  readonly requestTimeoutMs: number;
}

/**
 * One key per node below a prefix, each with a lease. What changes is not read from the watch: it only says that something changed, then all keys are read. So nothing is lost
 * when the server compacts its history, restarts, or comes back empty.
 */
export class EtcdRegistry implements Registry {
  readonly #settings: EtcdSettings;
  readonly #client: Etcd3;

  constructor(settings: EtcdSettings) {
    this.#settings = settings;
    this.#client = settings.connect();
  }

  async follow(take: (entries: readonly RegistryEntry[]) => void, signal: AbortSignal): Promise<void> {
    const { prefix, connect } = this.#settings;
    // A connection of its own: whatever state a failure leaves the client's watches in is thrown away with it.
    const client = connect();
    const changes = new Changes(signal);
    try {
      // First a plain request: it renews the token of a user and says clearly what is wrong, where a watch would only wait.
      await this.#entries(client);
      const watcher = client.watch().prefix(prefix).watcher();
      listen(watcher, changes);
      while (await changes.next()) take(await this.#entries(client));
    } catch (thrown) {
      throw explain(thrown);
    } finally {
      changes.close();
      client.close();
    }
  }

  async hold(member: Member, _signal: AbortSignal): Promise<HeldRecord> {
    const { prefix, ttlMs, requestTimeoutMs } = this.#settings;
    try {
      return await holdKey(this.#client, {
        key: `${prefix}${member.nodeId}`,
        value: encodeMember(member),
        ttlSeconds: Math.round(ttlMs / 1000),
        requestTimeoutMs,
      });
    } catch (thrown) {
      throw explain(thrown);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
  }

  async #entries(client: Etcd3): Promise<RegistryEntry[]> {
    const { prefix, requestTimeoutMs } = this.#settings;
    const answer = await client
      .getAll()
      .prefix(prefix)
      .options({ deadline: Date.now() + requestTimeoutMs })
      .exec();
    return answer.kvs.map(({ key, value }) => ({ key: key.toString(), record: value.toString() }));
  }
}

/** Something changed, or may have: any number of times until it is looked at counts once. */
class Changes {
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#wake?.();
  #pending = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly seen = (): void => {
    this.#pending = true;
    this.#wake?.();
  };

  readonly failed = (error: unknown): void => {
    this.#failure ??= error;
    this.#wake?.();
  };

  /** True after a change, or when nothing was heard for a while; false when the signal aborted. Throws what failed. */
  async next(): Promise<boolean> {
    if (!this.#pending && this.#failure === undefined && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, DISCOVERY_LIMITS.rereadMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#pending = false;
    return !this.#signal.aborted;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Any end of the watch is a failure: a new one is made then, instead of trusting this one to come back whole. */
function listen(watcher: Watcher, changes: Changes): void {
  watcher.on('connected', changes.seen);
  watcher.on('data', changes.seen);
  watcher.on('disconnected', (error) => changes.failed(error ?? new Error('the watch was disconnected')));
  watcher.on('error', changes.failed);
  watcher.on('end', () => changes.failed(new Error('the watch ended')));
}

/** What the operator must change is an input error. */
function explain(thrown: unknown): BraidError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isRefusal = /^Etcd(AuthenticationFailed|PermissionDenied)/.test(error.constructor.name);
  const details = error.message || error.constructor.name;
  return isRefusal || /user name is empty/.test(details)
    ? new BraidError('parameterInvalid', `etcd refuses this node: ${details}`, { cause: thrown })
    : new BraidError('serviceUnavailable', `etcd does not answer: ${details}`, { cause: thrown });
}
