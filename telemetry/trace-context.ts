import { type Context, createContextKey, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const HOLD = createContextKey('nodes hold their spans');

/** The context that a W3C `traceparent` header names; the root context when it is empty or malformed. */
export function contextFromTraceparent(traceparent: string): Context {
  const match = TRACEPARENT.exec(traceparent);
  if (!match) return ROOT_CONTEXT;
  const [, traceId, spanId, flags] = match;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: Number.parseInt(flags!, 16),
    isRemote: true,
  });
}

/** The W3C header that names a span. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${(traceFlags & 1).toString(16)}`;
}

/** Nodes that are called below this context hold their spans, whether or not they are sampled. */
export function askToHold(context: Context): Context {
  return context.setValue(HOLD, true);
}

/** Whether nodes shall hold their spans: they were asked to, or the spans here are recorded although they are not sampled, until it is known whether they are wanted. */
export function isHoldWanted(context: Context): boolean {
  const span = trace.getSpan(context);
  if (!span) return false;
  if (span.isRecording() && (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return true;
  return context.getValue(HOLD) === true;
}
