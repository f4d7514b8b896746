import { type Context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { contextFromTraceparent } from '../../telemetry/trace-context.ts';

const TRACE_STATE_LENGTH_MAX = 512;

/** The caller's span as the parent of ours, from the headers of W3C Trace Context (level 1). Without them, or when they are malformed, `ROOT_CONTEXT`. */
export function traceContextFrom(traceparent: string | undefined, tracestate: string | undefined): Context {
  const context = contextFromTraceparent(traceparent ?? '');
  const spanContext = trace.getSpanContext(context);
  if (!spanContext || !trace.isSpanContextValid(spanContext)) return ROOT_CONTEXT;
  if (tracestate === undefined || tracestate.length > TRACE_STATE_LENGTH_MAX) return context;
  return trace.setSpanContext(context, { ...spanContext, traceState: createTraceState(tracestate) });
}
