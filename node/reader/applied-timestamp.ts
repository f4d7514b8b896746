import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';

interface Waiter {
  readonly timestamp: Timestamp;
  resolve(): void;
}

/** How far a reader has followed the writer's deletes of one collection, and who waits for it to get further. */
export class AppliedTimestamp {
  #current: Timestamp = 0n;
  readonly #waiters = new Set<Waiter>();

  get current(): Timestamp {
    return this.#current;
  }

  /** Never goes back. */
  advance(timestamp: Timestamp): void {
    if (timestamp <= this.#current) return;
    this.#current = timestamp;
    for (const waiter of this.#waiters) {
      if (waiter.timestamp > timestamp) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Resolves when everything up to `timestamp` is applied; fails with `deadlineExceeded` after `timeoutMs` (0: waits for the signal alone). */
  reach(timestamp: Timestamp, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (timestamp <= this.#current) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        timestamp,
        resolve: () => {
          settle();
          resolve();
        },
      };
      const fail = (error: BraidError): void => {
        this.#waiters.delete(waiter);
        settle();
        reject(error);
      };
      const onAbort = (): void => fail(new BraidError('cancelled', 'cancelled by the caller'));
      const onTimeout = (): void => {
        const lag = `applied ${this.#current}, wanted ${timestamp}`;
        fail(
          new BraidError(
            'deadlineExceeded',
            `this reader has not reached the guarantee timestamp within ${timeoutMs} ms: ${lag}`,
          ),
        );
      };
      const timer = timeoutMs > 0 ? setTimeout(onTimeout, timeoutMs) : undefined;
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }
}
