import type { CallContext } from '../../proto/generated/node.ts';

/** Aborts with the caller's signal, or with a `TimeoutError` when the call's time is over. */
export function callSignal(context: CallContext | undefined, signal: AbortSignal): AbortSignal {
  const timeoutMs = context?.timeoutMs ?? 0;
  return timeoutMs > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : signal;
}
