import type { Clock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import type { NodeStatus } from '../../proto/generated/node.ts';
import type { Shard, WriterShard } from '../../proto/node-protocol/shard.ts';
import type { RouterLimits } from '../limits.ts';

/** `down`: its reports have stopped. `ejected`: it reports, but its calls fail. `new`: nothing is known yet. */
export type MemberHealth = 'new' | 'healthy' | 'draining' | 'ejected' | 'down';

/** Called with the reason when a call is given up because its node went down. */
export type GiveUp = (error: BraidError) => void;

/** `answered`: also with an error that the request caused. `failed`: for a reason in the node. `abandoned`: nobody waits any more. */
export type CallOutcome = 'answered' | 'failed' | 'abandoned';

const NOTHING_READY: ReadonlySet<number> = new Set();

/**
 * One node as the router knows it: its connection, what it last reported, and the calls under way. `changed` is called whenever something changes that routes
 * depend on: health or ready segments.
 */
export class MemberHandle {
  readonly member: Member;
  readonly shard: Shard;
  readonly #clock: Clock;
  readonly #limits: RouterLimits;
  readonly #changed: () => void;
  readonly #calls = new Map<GiveUp, number>();
  readonly #collections = new Map<number, ReportedCollection>();
  #status: NodeStatus | undefined;
  #isDown = false;
  #failures = 0;
  #ejections = 0;
  #ejectedUntilMs = 0;
  #lastAnswerMs = 0;

  constructor(
    member: Member,
    shard: Shard,
    options: { readonly clock: Clock; readonly limits: RouterLimits; readonly changed: () => void },
  ) {
    this.member = member;
    this.shard = shard;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#changed = options.changed;
  }

  get status(): NodeStatus | undefined {
    return this.#status;
  }

  /** The shard with the writer's calls, if this node has that role. */
  get writerShard(): WriterShard | undefined {
    return this.member.roles.includes('writer') ? (this.shard as WriterShard) : undefined;
  }

  get health(): MemberHealth {
    if (this.#isDown) return 'down';
    if (!this.#status) return 'new';
    if (this.#ejectedUntilMs > this.#clock.monotonicMs()) return 'ejected';
    return this.#status.draining ? 'draining' : 'healthy';
  }

  get callCount(): number {
    return this.#calls.size;
  }

  /** Calls are under way and none was answered for a while: the node may hang although it reports. */
  get isStuck(): boolean {
    const [oldestMs] = this.#calls.values();
    if (oldestMs === undefined) return false;
    return this.#clock.monotonicMs() - Math.max(oldestMs, this.#lastAnswerMs) > this.#limits.stuckCallMs;
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
    this.#isDown = false;
    const readyChanged = this.#takeCollections(status);
    if (readyChanged || this.health !== before) this.#changed();
  }

  /** Its reports stopped: calls under way are given up, so that they can go elsewhere at once. */
  goDown(reason: string): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#changed();
    for (const giveUp of [...this.#calls.keys()])
      giveUp(new BraidError('serviceUnavailable', `node ${this.shard.address} is down: ${reason}`));
  }

  callBegan(giveUp: GiveUp): void {
    this.#calls.set(giveUp, this.#clock.monotonicMs());
  }

  callEnded(giveUp: GiveUp, outcome: CallOutcome): void {
    this.#calls.delete(giveUp);
    if (outcome === 'abandoned') return;
    this.#lastAnswerMs = this.#clock.monotonicMs();
    if (outcome === 'answered') {
      this.#failures = 0;
      this.#ejections = 0;
      return;
    }
    if (++this.#failures < this.#limits.ejectionFailures) return;
    this.#failures = 0;
    this.#eject();
  }

  /** Resolves when no call is under way, at the latest after `graceMs`. */
  async idle(graceMs: number): Promise<void> {
    const endMs = this.#clock.monotonicMs() + graceMs;
    while (this.#calls.size > 0 && this.#clock.monotonicMs() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 20).unref());
  }

  #eject(): void {
    const { ejectionMs, ejectionMsMax } = this.#limits;
    const lengthMs = Math.min(ejectionMsMax, ejectionMs * ++this.#ejections);
    this.#ejectedUntilMs = this.#clock.monotonicMs() + lengthMs;
    this.#changed();
    setTimeout(() => this.#changed(), lengthMs + 1).unref();
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
