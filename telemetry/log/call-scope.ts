import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Span } from '@opentelemetry/api';

/** The call on whose behalf code runs: every log line that is written meanwhile says so. */
export interface CallScope {
  readonly requestId: string;
  /** Empty: the call belongs to no trace. */
  readonly traceId: string;
  readonly spanId: string;
  /** The span of the call, if it is recorded. */
  readonly span?: Span | undefined;
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

/** Tags the span of the call under way; `tags` is called only where one is recorded. */
export function tagCall(tags: () => Attributes): void {
  const span = currentCall()?.span;
  if (span?.isRecording()) span.setAttributes(tags());
}
