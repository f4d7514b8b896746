import type { Clock } from '../../core/clock.ts';
import type { RouterLimits } from '../limits.ts';
import type { CallOrigin } from './deadline.ts';
import type { MemberHandle } from './member-handle.ts';

/**
 * Waits for the next writer while the last one is being restarted on purpose: it said that it leaves. What needs a writer is held up so long instead of failing. A writer that
 * dies without a word is not waited for: nobody knows whether and when it comes back.
 */
export class WriterReturn {
  readonly #clock: Clock;
  readonly #limits: Pick<RouterLimits, 'writerReturnMsMax' | 'writerReturnWaitersMax'>;
  readonly #find: () => MemberHandle | undefined;
  readonly #waiters = new Set<() => void>();
  /** Terms that said they leave; each is waited for once. */
  #leavingTerm = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  /** `find`: the writer that leads and stays. */
  constructor(
    clock: Clock,
    limits: Pick<RouterLimits, 'writerReturnMsMax' | 'writerReturnWaitersMax'>,
    find: () => MemberHandle | undefined,
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#find = find;
  }

  /** After each report. */
  reported({ status, writerShard }: MemberHandle): void {
    if (writerShard && status?.draining && status.term > this.#leavingTerm) {
      this.#leavingTerm = status.term;
      this.#untilMs = this.#clock.monotonicMs() + this.#limits.writerReturnMsMax;
    }
    if (!Number.isFinite(this.#untilMs) || !this.#find()) return;
    this.#untilMs = Number.NEGATIVE_INFINITY;
    for (const wake of [...this.#waiters]) wake();
  }

  /** The writer; waits for it when one is to be expected, at the latest until the origin's deadline. Never throws. */
  async wait(origin: Pick<CallOrigin, 'deadlineMs' | 'signal'>): Promise<MemberHandle | undefined> {
    const found = this.#find();
    const nowMs = this.#clock.monotonicMs();
    const waitMs = Math.min(this.#untilMs, origin.deadlineMs) - nowMs;
    const isFull = this.#waiters.size >= this.#limits.writerReturnWaitersMax;
    if (found || waitMs <= 0 || isFull || origin.signal.aborted) return found;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    origin.signal.addEventListener('abort', () => resolve(), { once: true });
    this.#waiters.add(resolve);
    await promise;
    this.#waiters.delete(resolve);
    clearTimeout(timer);
    return this.#find();
  }
}
