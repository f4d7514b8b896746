import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Backoff } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import type { Discovery, Member } from '../../plugins/discovery/discovery.ts';
import { DoubtedList } from '../../plugins/discovery/doubted-list.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import type { RouterLimits } from '../limits.ts';
import type { CallOrigin } from './deadline.ts';
import { followStatus } from './follow-status.ts';
import { MemberHandle } from './member-handle.ts';
import { OutlierWatch } from './outlier-watch.ts';
import type { MemberHealth, RouterMetrics } from './router-metrics.ts';
import { WriterReturn } from './writer-return.ts';

export interface MembersDependencies {
  readonly discovery: Discovery;
  /**
   * A connection to a member, or the node itself when it lives in this process. For a member with the role `writer` it is a WriterShard.
   * It is disposed when the member leaves: for a node of this process give a face whose disposal leaves the node alone.
   */
  readonly connect: (member: Member) => Shard;
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly metrics: RouterMetrics;
  readonly limits: RouterLimits;
}

interface Known {
  readonly handle: MemberHandle;
  readonly end: AbortController;
  readonly followed: Promise<void>;
}

interface Leaving {
  readonly goNow: () => void;
  readonly gone: Promise<void>;
}

/**
 * Who is in the cluster and how they are. Discovery proposes; whether a member answers is seen from its reports. A list that drops more than half of the members
 * at once is doubted for a while: those that still answer stay. A registry that yields nothing changes nothing.
 */
export class Members implements AsyncDisposable {
  readonly #dependencies: MembersDependencies;
  readonly #known = new Map<string, Known>();
  readonly #leaving = new Map<MemberHandle, Leaving>();
  readonly #end = new AbortController();
  readonly #listeners: ((handle: MemberHandle) => void)[] = [];
  readonly #outliers: OutlierWatch;
  readonly #writerReturn: WriterReturn;
  #watching: Promise<void> | undefined;
  /** A list has come. */
  #isListed = false;
  readonly #doubtedList: DoubtedList;
  #doubt: NodeJS.Timeout | undefined;
  #readers: readonly MemberHandle[] = [];
  #revision = 0;

  constructor(dependencies: MembersDependencies) {
    this.#dependencies = dependencies;
    const { clock, limits, metrics, logger } = dependencies;
    this.#writerReturn = new WriterReturn(clock, limits, () => this.writer());
    this.#doubtedList = new DoubtedList(limits.membershipDoubtMs, (nodeId) => this.find(nodeId)?.health !== 'down');
    this.#outliers = new OutlierWatch({ readers: () => this.#readers, limits, metrics, logger });
  }

  /** Begins to watch; resolves when the listed members have reported once, or after the start-up wait. */
  async start(): Promise<void> {
    const { clock, limits } = this.#dependencies;
    this.#watching = this.#watch();
    const endMs = clock.monotonicMs() + limits.startupWaitMsMax;
    const isWaiting = (): boolean => !this.#isListed || this.all().some((handle) => handle.health === 'new');
    while (isWaiting() && clock.monotonicMs() < endMs) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Grows with every change of membership, health or ready segments: what was computed from these holds while it is the same. */
  get revision(): number {
    return this.#revision;
  }

  all(): readonly MemberHandle[] {
    return Array.from(this.#known.values(), (known) => known.handle);
  }

  /** All known readers by node id, whatever their health. */
  readers(): readonly MemberHandle[] {
    return this.#readers;
  }

  /** Readers that discovery names no more and that still answer: until others hold what they held, at the latest for the grace time. */
  leavingReaders(): readonly MemberHandle[] {
    return [...this.#leaving.keys()].filter((handle) => handle.member.roles.includes('reader'));
  }

  find(nodeId: string): MemberHandle | undefined {
    return this.#known.get(nodeId)?.handle;
  }

  /** The node that leads and stays: of those that report a term, the one with the highest. Undefined while there is none. */
  writer(): MemberHandle | undefined {
    let best: MemberHandle | undefined;
    for (const { handle } of this.#known.values()) {
      if (!handle.writerShard || handle.health === 'down' || !handle.status || handle.status.term === 0) continue;
      if (!best || handle.status.term > best.status!.term) best = handle;
    }
    return best?.health === 'draining' ? undefined : best;
  }

  /** The same, but waits for a writer that is being restarted; see WriterReturn. */
  awaitWriter(origin: Pick<CallOrigin, 'deadlineMs' | 'signal'>): Promise<MemberHandle | undefined> {
    return this.#writerReturn.wait(origin);
  }

  /** Called after every report of a node. */
  onReport(listener: (handle: MemberHandle) => void): void {
    this.#listeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    this.#outliers[Symbol.dispose]();
    clearTimeout(this.#doubt);
    for (const nodeId of [...this.#known.keys()]) this.#leave(nodeId);
    const leaving = [...this.#leaving.values()];
    for (const { goNow } of leaving) goNow();
    await Promise.allSettled([this.#watching, ...leaving.map(({ gone }) => gone)]);
  }

  async #watch(): Promise<void> {
    const { discovery, logger, limits } = this.#dependencies;
    const { signal } = this.#end;
    const backoff = new Backoff(limits.reconnectDelayMsMin, limits.reconnectDelayMsMax);
    while (!signal.aborted) {
      try {
        for await (const list of discovery.watch(signal)) {
          this.#take(list);
          this.#isListed = true;
          backoff.reset();
          await sleep(limits.membershipPauseMs, undefined, { signal, ref: false }).catch(() => undefined);
        }
      } catch (error) {
        logger.warn({ error }, 'discovery failed: the known members stay');
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, backoff.nextMs()).unref());
    }
  }

  #take(list: readonly Member[]): void {
    const { clock, logger } = this.#dependencies;
    clearTimeout(this.#doubt);
    const nowMs = clock.monotonicMs();
    const known = this.#known.size;
    const { members, untilMs, doubtedCount } = this.#doubtedList.take(list, nowMs);
    if (doubtedCount > 0) {
      const message = 'discovery dropped most members at once: those that answer stay for now';
      logger.warn({ missing: doubtedCount, known }, message);
    }
    const believed = new Set(members.map(({ nodeId }) => nodeId));
    for (const nodeId of [...this.#known.keys()]) if (!believed.has(nodeId)) this.#leave(nodeId);
    for (const member of members) this.#put(member);
    if (untilMs !== undefined) this.#doubt = setTimeout(() => this.#take(list), untilMs - nowMs + 1).unref();
    this.#changed();
  }

  #put(member: Member): void {
    const known = this.#known.get(member.nodeId);
    if (known && sameMember(known.handle.member, member)) return;
    const { connect, clock, limits, metrics } = this.#dependencies;
    if (known) this.#leave(member.nodeId);
    let health: MemberHealth | undefined;
    const handle: MemberHandle = new MemberHandle(member, connect(member), {
      clock,
      limits,
      changed: () => {
        if (handle.health !== health) metrics.memberHealth(handle.shard.address, handle.health);
        health = handle.health;
        if (health === 'down') this.#leaving.get(handle)?.goNow();
        this.#changed();
      },
      mayEject: () => this.#outliers.mayEject(),
      ejected: () => metrics.ejection(handle.shard.address, 'failures'),
    });
    const end = new AbortController();
    const reported = (): void => {
      this.#writerReturn.reported(handle);
      for (const listener of this.#listeners) listener(handle);
    };
    const followed = followStatus(handle, { clock, limits, reported }, end.signal);
    this.#known.set(member.nodeId, { handle, end, followed });
  }

  /** It owns nothing from now on. It answers for what nobody else holds yet and finishes what it has, until it goes down or its time is over. */
  #leave(nodeId: string): void {
    const known = this.#known.get(nodeId)!;
    const { handle } = known;
    this.#known.delete(nodeId);
    const { promise: over, resolve: goNow } = Promise.withResolvers<void>();
    const timer = setTimeout(goNow, this.#dependencies.limits.leaveGraceMs).unref();
    if (handle.health === 'down') goNow();
    const gone = over.then(() => {
      clearTimeout(timer);
      return this.#disconnect(known);
    });
    this.#leaving.set(handle, { goNow, gone });
    this.#changed();
  }

  async #disconnect({ handle, end, followed }: Known): Promise<void> {
    const { limits, metrics } = this.#dependencies;
    if (!this.#end.signal.aborted) await handle.idle(limits.leaveGraceMs);
    this.#leaving.delete(handle);
    this.#changed();
    end.abort();
    await followed;
    handle.goDown('it left the cluster');
    await handle.shard[Symbol.asyncDispose]();
    const { address } = handle.shard;
    if (!this.all().some((other) => other.shard.address === address)) metrics.memberLeft(address);
  }

  #changed(): void {
    this.#revision++;
    this.#readers = this.all()
      .filter((handle) => handle.member.roles.includes('reader'))
      .sort((left, right) => (left.member.nodeId < right.member.nodeId ? -1 : 1));
  }
}

function sameMember(left: Member, right: Member): boolean {
  return (
    left.address === right.address &&
    left.zone === right.zone &&
    left.weight === right.weight &&
    left.roles.join() === right.roles.join() &&
    isDeepStrictEqual(left.labels ?? {}, right.labels ?? {})
  );
}
