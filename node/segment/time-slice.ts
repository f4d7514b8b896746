import { setImmediate } from 'node:timers/promises';
import { LIMITS } from './limits.ts';

/**
 * Keeps long work on the event loop in slices of `LIMITS.sliceMs`. The work asks `isOver` between pieces of well under a millisecond and then awaits `next`:
 * `if (slice.isOver()) await slice.next();`
 */
export class TimeSlice {
  #startMs = performance.now();
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  isOver(): boolean {
    return performance.now() - this.#startMs > LIMITS.sliceMs;
  }

  /** Lets the event loop turn once. Throws the signal's reason if it is aborted. */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#startMs = performance.now();
  }
}
