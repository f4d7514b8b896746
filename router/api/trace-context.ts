import { type Context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const TRACE_STATE_LENGTH_MAX = 512;

/** The caller's span as the parent of ours, from the headers of W3C Trace Context (level 1). Without them, or when they are malformed, `ROOT_CONTEXT`. */
export function traceContextFrom(traceparent: string | undefined, tracestate: string | undefined): Context {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (!match) return ROOT_CONTEXT;
  const spanContext = {
    traceId: match[1]!,
    spanId: match[2]!,
    traceFlags: Number.parseInt(match[3]!, 16),
    isRemote: true,
    ...(tracestate !== undefined &&
      tracestate.length <= TRACE_STATE_LENGTH_MAX && { traceState: createTraceState(tracestate) }),
  };
  return trace.isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
}
