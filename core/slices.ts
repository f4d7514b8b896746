import type { Steps } from './steps.ts';

/** What `begin` gives: the result where one slice was enough, else a promise of it. */
export type Begun<Result> = { readonly isDone: true; readonly result: Result } | Pending<Result>;

interface Pending<Result> {
  readonly isDone: false;
  readonly promise: Promise<Result>;
}

/** True once it has ended. */
type Job = () => boolean;

/**
 * Does long computations in slices, so that they do not hold the event loop: all of them together take `sliceMs` (and the rest of a step) of each turn. One after the other, in the order
 * in which they came.
 */
export class Slices {
  readonly #sliceMs: number;
  readonly #waiting: Job[] = [];
  /** Of this turn. */
  #spentMs = 0;
  #isScheduled = false;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Does at once what fits in this turn, if nobody waits. Throws, or rejects, with what the work throws. */
  begin<Result>(steps: Steps<Result>): Begun<Result> {
    const isFree = this.#waiting.length === 0 && this.#spentMs < this.#sliceMs;
    const first = isFree ? this.#slice(steps) : undefined;
    if (first?.done) return { isDone: true, result: first.value };
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push(() => {
      try {
        const last = this.#slice(steps);
        if (last.done) resolve(last.value);
        return last.done ?? false;
      } catch (error) {
        reject(error);
        return true;
      }
    });
    this.#schedule();
    return { isDone: false, promise };
  }

  async run<Result>(steps: Steps<Result>): Promise<Result> {
    const begun = this.begin(steps);
    return begun.isDone ? begun.result : begun.promise;
  }

  #slice<Result>(steps: Steps<Result>): IteratorResult<void, Result> {
    this.#schedule();
    const beganMs = performance.now();
    const untilMs = beganMs + this.#sliceMs - this.#spentMs;
    try {
      let step = steps.next();
      while (!step.done && performance.now() < untilMs) step = steps.next();
      return step;
    } finally {
      this.#spentMs += performance.now() - beganMs;
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    this.#spentMs = 0;
    while (this.#waiting.length > 0 && this.#spentMs < this.#sliceMs) {
      if (this.#waiting[0]!()) this.#waiting.shift();
    }
    if (this.#waiting.length > 0) this.#schedule();
  }
}
