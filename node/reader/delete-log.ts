import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Timestamp } from '../../core/timestamps.ts';
import type { DeleteBatch, Segment } from '../segment/segment.ts';

/**
 * The deletes of one collection that sealed segments have not applied themselves: from delete files, then from the writer's stream, in the order
 * of their timestamps. A segment that is loaded later catches up from here.
 */
export class DeleteLog {
  #batches: DeleteBatch[] = [];
  #lastTimestamp: Timestamp = 0n;

  /** Timestamp of the newest delete seen; 0 before the first. */
  get lastTimestamp(): Timestamp {
    return this.#lastTimestamp;
  }

  /** `batch` is small enough for one turn of the event loop. */
  add(batch: DeleteBatch): void {
    const count = batch.timestamps.length;
    if (count === 0) return;
    this.#batches.push(batch);
    const newest = batch.timestamps[count - 1]!;
    if (newest > this.#lastTimestamp) this.#lastTimestamp = newest;
  }

  /** Applies everything to a segment, a batch per turn, and calls `caughtUp` in the very turn in which nothing is left. */
  async applyTo(segment: Segment, caughtUp: () => void): Promise<void> {
    const applied = new WeakSet<DeleteBatch>();
    for (;;) {
      const batches = this.#batches.filter((batch) => !applied.has(batch));
      if (batches.length === 0) return caughtUp();
      for (const [place, batch] of batches.entries()) {
        if (place > 0) await nextTurn();
        segment.applyDeletes(batch);
        applied.add(batch);
      }
    }
  }

  /** Forgets batches that every segment has applied: all their deletes are at or before `timestamp`. */
  prune(timestamp: Timestamp): void {
    this.#batches = this.#batches.filter((batch) => batch.timestamps[batch.timestamps.length - 1]! > timestamp);
  }

  clear(): void {
    this.#batches = [];
  }
}
