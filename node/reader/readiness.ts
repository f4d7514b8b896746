import type { Clock } from '../../core/clock.ts';
import { READER_LIMITS } from './limits.ts';

/** The part of a collection on this reader that readiness looks at. */
export interface HeldCollection {
  readonly collectionId: number;
  heldSegment(id: number): unknown;
}

interface Part {
  readonly collection: HeldCollection;
  wanted: ReadonlySet<number>;
  failures: number;
}

/**
 * Whether this reader has loaded what placement gives it. The rule: a reader is ready once it holds, of every loaded collection, its segments of the newest view that it
 * knew when it began, and from then on it stays ready. What it has to load later is in its reports, segment by segment, and routers go by these; taking a whole reader out because one
 * collection has a new view would take away all that it holds. At the start, what cannot be had does not hold up the rest: not a collection that
 * failed to load `readinessFailuresMax` times, and not a reader on which no segment was loaded for `readinessPatienceMs`. Both are tried on.
 */
export class Readiness {
  readonly #clock: Clock;
  readonly #parts = new Map<number, Part>();
  #isReady = false;
  #loadedCount = -1;
  #progressMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  wants(collection: HeldCollection, segmentIds: ReadonlySet<number>): void {
    const part = this.#parts.get(collection.collectionId);
    if (part?.collection === collection) part.wanted = segmentIds;
    else this.#parts.set(collection.collectionId, { collection, wanted: segmentIds, failures: 0 });
  }

  failed(collectionId: number): void {
    const part = this.#parts.get(collectionId);
    if (part) part.failures++;
  }

  /** Why this reader is not ready, with its progress; empty when it is. `collectionIds`: all that are loaded. */
  reasons(collectionIds: Iterable<number>): readonly string[] {
    if (this.#isReady) return [];
    const reasons: string[] = [];
    let loadedCount = 0;
    for (const id of collectionIds) {
      const part = this.#parts.get(id);
      if (!part) {
        reasons.push(`collection ${id}: its view is being read`);
        continue;
      }
      let held = 0;
      for (const segmentId of part.wanted) if (part.collection.heldSegment(segmentId) !== undefined) held++;
      loadedCount += held;
      if (held === part.wanted.size || part.failures >= READER_LIMITS.readinessFailuresMax) continue;
      const failures = part.failures === 0 ? '' : `, loading failed ${part.failures} times`;
      reasons.push(`collection ${id}: ${held} of ${part.wanted.size} segments are loaded${failures}`);
    }
    const nowMs = this.#clock.monotonicMs();
    if (loadedCount !== this.#loadedCount) {
      this.#loadedCount = loadedCount;
      this.#progressMs = nowMs;
    }
    this.#isReady = reasons.length === 0 || nowMs - this.#progressMs >= READER_LIMITS.readinessPatienceMs;
    return this.#isReady ? [] : reasons;
  }
}
