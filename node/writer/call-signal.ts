import type { CallContext } from '../../proto/generated/node.ts';

/** What setTimeout can hold. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * The caller's signal and the end of the call's time as one: aborts with the caller's reason, or with a `TimeoutError`. Dispose it with the call: a timer that stays
 * (as that of AbortSignal.timeout does) keeps a finished call in memory until its deadline, tens of thousands of them under load.
 */
export class CallSignal implements Disposable {
  readonly signal: AbortSignal;
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #follow: () => void;

  constructor(context: CallContext | undefined, caller: AbortSignal) {
    const timeoutMs = context?.timeoutMs ?? 0;
    const controller = new AbortController();
    this.#caller = caller;
    this.signal = timeoutMs > 0 ? controller.signal : caller;
    this.#follow = () => controller.abort(caller.reason);
    if (timeoutMs === 0) return;
    if (caller.aborted) this.#follow();
    else caller.addEventListener('abort', this.#follow, { once: true });
    const timeout = (): void => controller.abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
    this.#timer = setTimeout(timeout, Math.min(timeoutMs, TIMER_MS_MAX));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#follow);
  }
}
