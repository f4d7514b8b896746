import type { Clock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import type { NodeStatus } from '../../proto/generated/node.ts';
import type { Shard, WriterShard } from '../../proto/node-protocol/shard.ts';
import type { RouterLimits } from '../limits.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import type { MemberHealth } from './router-metrics.ts';
import type { LatencySample } from './slow-readers.ts';

/** Called with the reason when a call is given up because its node went down. */
export type GiveUp = (error: BraidError) => void;

/** A call under way. */
interface RunningCall {
  readonly startMs: number;
  /** Called once when it takes too long. */
  readonly overdue: (() => void) | undefined;
  isOverdue: boolean;
}

export interface MemberHandleOptions {
  readonly clock: Clock;
  readonly limits: RouterLimits;
  /** Called whenever something changes that routes depend on: health or ready segments. */
  readonly changed: () => void;
  /** Whether one more node may be set aside. */
  readonly mayEject: () => boolean;
  /** It was set aside, because its calls failed. */
  readonly ejected: () => void;
}

/** `answered`: also with an error that the request caused. `failed`: for a reason in the node. `abandoned`: nobody waits any more. */
export type CallOutcome = 'answered' | 'failed' | 'abandoned';

const NOTHING_READY: ReadonlySet<number> = new Set();
/** Share of its part that a node which has just come gets at once. */
const WARMTH_MIN = 0.1;

/** One node as the router knows it: its connection, what it last reported, and the calls under way. */
export class MemberHandle {
  readonly member: Member;
  readonly shard: Shard;
  readonly #options: MemberHandleOptions;
  readonly #breaker: Breaker;
  readonly #calls = new Map<GiveUp, RunningCall>();
  readonly #collections = new Map<number, ReportedCollection>();
  #status: NodeStatus | undefined;
  #clockSkewMs: number | undefined;
  #reportedMs = 0;
  #isDown = false;
  #isSlow = false;
  #healthySinceMs = 0;
  #lastAnswerMs = 0;
  #lastCallMs = 0;
  /** Of the calls answered since the last sample. */
  #answeredCount = 0;
  #answeredMs = 0;

  constructor(member: Member, shard: Shard, options: MemberHandleOptions) {
    this.member = member;
    this.shard = shard;
    this.#options = options;
    this.#breaker = new Breaker(options.limits);
  }

  get status(): NodeStatus | undefined {
    return this.#status;
  }

  /** How far its clock was ahead of this process's when its last report came; the way of the report makes it seem a little behind. Undefined: not known. */
  get clockSkewMs(): number | undefined {
    return this.#clockSkewMs;
  }

  /** The shard with the writer's calls, if this node has that role. */
  get writerShard(): WriterShard | undefined {
    return this.member.roles.includes('writer') ? (this.shard as WriterShard) : undefined;
  }

  get health(): MemberHealth {
    if (this.#isDown) return 'down';
    if (!this.#status) return 'new';
    if (this.#breaker.state(this.#nowMs()) === 'open') return 'ejected';
    return this.#status.draining ? 'draining' : 'healthy';
  }

  /** `open`: set aside, because its calls failed. `halfOpen`: being tried. */
  get breaker(): BreakerState {
    return this.#breaker.state(this.#nowMs());
  }

  /** Milliseconds since its last report; undefined: none came yet. */
  get reportAgeMs(): number | undefined {
    return this.#status && this.#nowMs() - this.#reportedMs;
  }

  get callCount(): number {
    return this.#calls.size;
  }

  /**
   * Another that can answer should be asked: calls are under way and none was answered for a while (it may hang although it reports), or it is much slower than
   * its peers, or it was set aside and is being tried. The latter two get a call at a time, so that it shows when they are well again.
   */
  get isAvoided(): boolean {
    const nowMs = this.#nowMs();
    const { limits } = this.#options;
    const [oldest] = this.#calls.values();
    if (oldest && nowMs - Math.max(oldest.startMs, this.#lastAnswerMs) > limits.stuckCallMs) return true;
    if (this.#isSlow) return this.#calls.size > 0 || nowMs - this.#lastCallMs < limits.slowProbeMs;
    return this.#calls.size > 0 && this.#breaker.state(nowMs) === 'halfOpen';
  }

  /** Grows with the calls under way: of two nodes the one with less is asked. Higher a node that has just come (back) warms up. */
  get load(): number {
    const warmth = (this.#nowMs() - this.#healthySinceMs) / this.#options.limits.slowStartMs;
    return (this.#calls.size + 1) / Math.min(1, Math.max(WARMTH_MIN, warmth));
  }

  /** Sealed segments of a collection which the node answers for at once. */
  readySegments(collectionId: number): ReadonlySet<number> {
    return this.#collections.get(collectionId)?.ready ?? NOTHING_READY;
  }

  /** Whether reads of these fields (undefined: all) find them in the ready segments. */
  hasLoaded(collectionId: number, fieldIds: readonly number[] | undefined): boolean {
    const { loadedFieldIds = [] } = this.#collections.get(collectionId) ?? {};
    return loadedFieldIds.length === 0 || (fieldIds?.every((id) => loadedFieldIds.includes(id)) ?? false);
  }

  /** Deletes up to here were applied when the node last reported. */
  appliedTimestamp(collectionId: number): bigint {
    return this.#collections.get(collectionId)?.appliedTimestamp ?? 0n;
  }

  report(status: NodeStatus): void {
    const before = this.health;
    this.#status = status;
    this.#clockSkewMs = status.clockMs === 0 ? undefined : status.clockMs - this.#options.clock.nowMs();
    this.#reportedMs = this.#nowMs();
    this.#isDown = false;
    const readyChanged = this.#takeCollections(status);
    const { health } = this;
    if (health !== before && health === 'healthy') this.#healthySinceMs = this.#nowMs();
    if (readyChanged || health !== before) this.#options.changed();
  }

  /** Its reports stopped: calls under way are given up, so that they can go elsewhere at once. */
  goDown(reason: string): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#options.changed();
    for (const giveUp of [...this.#calls.keys()])
      giveUp(new BraidError('serviceUnavailable', `node ${this.shard.address} is down: ${reason}`));
  }

  /** `overdue` is called once when the call takes so long that another node should be asked, see Members. */
  callBegan(giveUp: GiveUp, overdue?: () => void): void {
    this.#lastCallMs = this.#nowMs();
    this.#calls.set(giveUp, { startMs: this.#lastCallMs, overdue, isOverdue: false });
  }

  callEnded(giveUp: GiveUp, outcome: CallOutcome): void {
    const call = this.#calls.get(giveUp);
    this.#calls.delete(giveUp);
    if (!call || outcome === 'abandoned') return;
    const nowMs = this.#nowMs();
    this.#lastAnswerMs = nowMs;
    this.#answeredCount++;
    this.#answeredMs += nowMs - call.startMs;
    if (outcome === 'answered') this.#breaker.succeeded();
    else this.#openFor(this.#breaker.failed(nowMs, this.#options.mayEject));
  }

  /** Calls that can be asked elsewhere and are under way for longer than `afterMs`, each given once. */
  overdueCalls(afterMs: number): readonly (() => void)[] {
    const beforeMs = this.#nowMs() - afterMs;
    const overdue: (() => void)[] = [];
    for (const call of this.#calls.values()) {
      if (call.startMs > beforeMs) break;
      if (call.overdue && !call.isOverdue) overdue.push(call.overdue);
      call.isOverdue = true;
    }
    return overdue;
  }

  /** Some call is under way for longer than `afterMs`. */
  hasCallOlderThan(afterMs: number): boolean {
    const [oldest] = this.#calls.values();
    return oldest !== undefined && this.#nowMs() - oldest.startMs > afterMs;
  }

  /** Of the calls answered since the last time. */
  takeSample(): LatencySample {
    const callCount = this.#answeredCount;
    const meanMs = callCount > 0 ? this.#answeredMs / callCount : 0;
    this.#answeredCount = 0;
    this.#answeredMs = 0;
    return { isSlow: this.#isSlow, callCount, meanMs };
  }

  get isSlow(): boolean {
    return this.#isSlow;
  }

  set isSlow(isSlow: boolean) {
    if (this.#isSlow && !isSlow) this.#healthySinceMs = this.#nowMs();
    this.#isSlow = isSlow;
  }

  /** Resolves when no call is under way, at the latest after `graceMs`. */
  async idle(graceMs: number): Promise<void> {
    const endMs = this.#nowMs() + graceMs;
    while (this.#calls.size > 0 && this.#nowMs() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 20).unref());
  }

  #openFor(lengthMs: number): void {
    if (lengthMs === 0) return;
    this.#options.ejected();
    this.#options.changed();
    setTimeout(() => {
      this.#healthySinceMs = this.#nowMs();
      this.#options.changed();
    }, lengthMs + 1).unref();
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  /** True when some ready segments changed. */
  #takeCollections(status: NodeStatus): boolean {
    let changed = false;
    for (const { collectionId, readySegmentIds, appliedTimestamp, loadedFieldIds } of status.collections) {
      const known = this.#collections.get(collectionId);
      if (known && sameNumbers(known.readyIds, readySegmentIds)) {
        known.appliedTimestamp = appliedTimestamp;
        known.loadedFieldIds = loadedFieldIds;
        continue;
      }
      this.#collections.set(collectionId, {
        readyIds: readySegmentIds,
        ready: new Set(readySegmentIds),
        appliedTimestamp,
        loadedFieldIds,
      });
      changed = true;
    }
    if (this.#collections.size <= status.collections.length) return changed;
    const reported = new Set(status.collections.map((collection) => collection.collectionId));
    for (const collectionId of this.#collections.keys()) {
      if (!reported.has(collectionId)) this.#collections.delete(collectionId);
    }
    return true;
  }
}

interface ReportedCollection {
  readonly readyIds: readonly number[];
  readonly ready: ReadonlySet<number>;
  appliedTimestamp: bigint;
  loadedFieldIds: readonly number[];
}

function sameNumbers(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
