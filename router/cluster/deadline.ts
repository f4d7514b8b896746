import type { Context } from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';

/** The part of a request's context that the cluster calls need. */
export interface CallOrigin {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Where the spans of its calls hang; undefined: there are none. */
  readonly trace?: Context;
}

/**
 * The end of one operation: its deadline, or its caller going away, whichever comes first. One timer and one listener for all calls of the operation.
 * Dispose it when the operation is over.
 */
export class Deadline implements Disposable {
  readonly requestId: string;
  readonly origin: CallOrigin;
  readonly #clock: Clock;
  readonly #listeners = new Set<(error: BraidError) => void>();
  readonly #cancelled = (): void => this.#end(new BraidError('cancelled', 'cancelled by the caller'));
  #timer: NodeJS.Timeout | undefined;
  #error: BraidError | undefined;

  constructor(origin: CallOrigin, clock: Clock) {
    this.requestId = origin.requestId;
    this.origin = origin;
    this.#clock = clock;
    if (origin.signal.aborted) this.#cancelled();
    else if (this.remainingMs <= 0) this.#end(deadlineExceeded());
    else {
      origin.signal.addEventListener('abort', this.#cancelled, { once: true });
      this.#timer = setTimeout(() => this.#end(deadlineExceeded()), Math.min(this.remainingMs, TIMER_MS_MAX));
    }
  }

  /** Whole milliseconds, at least 1 while time is left. */
  get remainingMs(): number {
    return Math.max(0, Math.ceil(this.origin.deadlineMs - this.#clock.monotonicMs()));
  }

  throwIfOver(): void {
    if (this.#error) throw this.#error;
  }

  /** Calls `listener` when the end comes. Already over: throws. */
  add(listener: (error: BraidError) => void): void {
    this.throwIfOver();
    this.#listeners.add(listener);
  }

  remove(listener: (error: BraidError) => void): void {
    this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.origin.signal.removeEventListener('abort', this.#cancelled);
  }

  #end(error: BraidError): void {
    if (this.#error) return;
    this.#error = error;
    for (const listener of [...this.#listeners]) listener(error);
    this.#listeners.clear();
  }
}

/** What setTimeout can hold. */
const TIMER_MS_MAX = 2 ** 31 - 1;

function deadlineExceeded(): BraidError {
  return new BraidError('deadlineExceeded', 'deadline exceeded');
}
