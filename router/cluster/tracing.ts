import { type Context, isSpanContextValid, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { traceparentOf } from '../../telemetry/trace-context.ts';
import { markFailed } from '../../telemetry/tracing.ts';

/** A span and the context for what happens below it. When spans are not recorded, the context is the parent's: nothing is allocated. */
export interface OpenSpan {
  readonly span: Span;
  readonly context: Context;
}

export function openSpan(tracer: Tracer, name: string, parent: Context, kind: SpanKind = SpanKind.INTERNAL): OpenSpan {
  const span = tracer.startSpan(name, { kind }, parent);
  return { span, context: span.isRecording() ? trace.setSpan(parent, span) : parent };
}

/** Ends a span that failed. */
export function failSpan(span: Span, error: Error): void {
  if (span.isRecording()) markFailed(span, error);
  span.end();
}

/** The W3C header for calls made below this context; empty when it belongs to no trace. */
export function traceparentBelow(context: Context): string {
  const span = trace.getSpanContext(context);
  return span && isSpanContextValid(span) ? traceparentOf(span) : '';
}
