import type { RouterLimits } from '../limits.ts';

/** `open`: set aside. `halfOpen`: the time is over, and a call at a time tries whether it is well again. */
export type BreakerState = 'closed' | 'open' | 'halfOpen';

/**
 * Sets a node aside whose calls fail: for `ejectionMs` after `ejectionFailures` failures in a row, longer each time that a probe fails, too, up to `ejectionMsMax`. One call
 * that succeeds ends it.
 */
export class Breaker {
  readonly #limits: Pick<RouterLimits, 'ejectionFailures' | 'ejectionMs' | 'ejectionMsMax'>;
  #failures = 0;
  #openings = 0;
  #openUntilMs = Number.NEGATIVE_INFINITY;

  constructor(limits: Pick<RouterLimits, 'ejectionFailures' | 'ejectionMs' | 'ejectionMsMax'>) {
    this.#limits = limits;
  }

  state(nowMs: number): BreakerState {
    if (this.#openings === 0) return 'closed';
    return nowMs < this.#openUntilMs ? 'open' : 'halfOpen';
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openings = 0;
  }

  /** Milliseconds for which this failure opens it; 0 when it does not. `mayOpen`: asked only if it would. */
  failed(nowMs: number, mayOpen: () => boolean): number {
    const state = this.state(nowMs);
    // Calls that were under way when it opened say nothing new.
    if (state === 'open') return 0;
    this.#failures++;
    if (state === 'closed' && (this.#failures < this.#limits.ejectionFailures || !mayOpen())) return 0;
    this.#failures = 0;
    const lengthMs = Math.min(this.#limits.ejectionMsMax, this.#limits.ejectionMs * ++this.#openings);
    this.#openUntilMs = nowMs + lengthMs;
    return lengthMs;
  }
}
