import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../../plugins/discovery/discovery.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { CallContext } from '../../proto/generated/node.ts';
import type { WriterShard } from '../../proto/node-protocol/shard.ts';
import { READER_LIMITS } from './limits.ts';

/** The writer that leads, until `lost` aborts. */
export interface Leader {
  readonly shard: WriterShard;
  readonly lost: AbortSignal;
}

interface Followed {
  readonly shard: WriterShard;
  readonly end: AbortController;
  readonly done: Promise<void>;
  /** 0 while it does not report. */
  term: number;
}

/**
 * Who leads, of the members that may be the writer: the one that reports the highest term. A writer that stands by does not answer; one that was succeeded while it slept
 * reports a lower term than its successor.
 */
export class LeaderWatch implements AsyncDisposable {
  readonly #connect: (member: Member) => WriterShard;
  readonly #logger: PluginLogger;
  /** Of any writer: the push that makes polling the catalog a fallback. */
  readonly #onCatalogVersion: (version: number) => Promise<void>;
  readonly #followed = new Map<string, Followed>();
  #leader: { readonly of: Followed; readonly leader: Leader; readonly lost: AbortController } | undefined;

  constructor(
    connect: (member: Member) => WriterShard,
    onCatalogVersion: (version: number) => Promise<void>,
    logger: PluginLogger,
  ) {
    this.#connect = connect;
    this.#onCatalogVersion = onCatalogVersion;
    this.#logger = logger;
  }

  get leader(): Leader | undefined {
    return this.#leader?.leader;
  }

  /** A new list of members came. */
  take(members: readonly Member[]): void {
    const writers = new Map<string, Member>();
    for (const member of members) if (member.roles.includes('writer')) writers.set(member.address, member);
    for (const [address, followed] of this.#followed) {
      if (writers.has(address)) continue;
      this.#followed.delete(address);
      followed.end.abort();
      followed.term = 0;
    }
    for (const [address, member] of writers) {
      if (!this.#followed.has(address)) this.#followed.set(address, this.#follow(this.#connect(member)));
    }
    this.#elect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#followed.values()];
    this.take([]);
    await Promise.all(all.map((followed) => followed.done));
  }

  #follow(shard: WriterShard): Followed {
    const end = new AbortController();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const followed: Followed = { shard, end, done, term: 0 };
    void this.#readReports(followed).then(resolve);
    return followed;
  }

  async #readReports(followed: Followed): Promise<void> {
    const { signal } = followed.end;
    while (!signal.aborted) {
      try {
        const statuses = followed.shard.watchStatus({ context: CallContext.fromPartial({}) }, signal);
        for await (const status of statuses) {
          if (signal.aborted) return;
          followed.term = status.term;
          this.#elect();
          await this.#onCatalogVersion(status.catalogVersion);
        }
      } catch (error) {
        this.#logger.debug({ err: error }, 'the stream of the writer’s status broke, connecting again');
      }
      followed.term = 0;
      this.#elect();
      await sleep(READER_LIMITS.streamRetryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #elect(): void {
    let best: Followed | undefined;
    for (const followed of this.#followed.values()) if (followed.term > (best?.term ?? 0)) best = followed;
    if (best === this.#leader?.of) return;
    this.#leader?.lost.abort();
    this.#leader = undefined;
    if (!best) return;
    const lost = new AbortController();
    this.#leader = { of: best, lost, leader: { shard: best.shard, lost: lost.signal } };
  }
}
