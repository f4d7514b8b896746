import { AsyncLocalStorage } from 'node:async_hooks';

/** The call on whose behalf code runs: every log line that is written meanwhile says so. */
export interface CallScope {
  readonly requestId: string;
  /** Empty: the call belongs to no trace. */
  readonly traceId: string;
  readonly spanId: string;
}

const SCOPES = new AsyncLocalStorage<CallScope>();

/** Runs work, and everything that it awaits, in the scope of a call. */
export function inCall<T>(scope: CallScope, work: () => T): T {
  return SCOPES.run(scope, work);
}

/** Undefined outside of calls: at the start, in the background. */
export function currentCall(): CallScope | undefined {
  return SCOPES.getStore();
}
