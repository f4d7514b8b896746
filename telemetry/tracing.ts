import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import { BraidError } from '../core/errors.ts';
import { Profiler } from './profiler.ts';
import { RecordAllSampler, TailProcessor, type TailRules } from './tail-sampling.ts';

/** Finished spans wait so long at most before they are sent. */
const EXPORT_INTERVAL_MS = 1_000;

export interface TracingOptions {
  /** Undefined: nothing is recorded. */
  readonly exporter: SpanExporter | undefined;
  readonly serviceName: string;
  readonly instanceId: string;
  /** Share of the traces begun here that are recorded, 0..1; a caller's decision is followed. */
  readonly sampleRatio: number;
  /** What is kept of the rest. Undefined: nothing, and nothing of it is recorded. */
  readonly tail?: TailRules | undefined;
}

/** A tracer and what ends it: spans that wait are sent before. */
export interface OpenTracing extends AsyncDisposable {
  readonly tracer: Tracer;
  readonly profiler: Profiler;
}

export function openTracing(options: TracingOptions): OpenTracing {
  const { exporter, serviceName, instanceId, sampleRatio, tail } = options;
  const profiler = new Profiler();
  if (!exporter) {
    const sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() });
    const provider = new NodeTracerProvider({ sampler, spanProcessors: [profiler.processor] });
    return {
      tracer: profiler.tracer(trace.getTracer('braid'), provider.getTracer('braid')),
      profiler,
      [Symbol.asyncDispose]: () => provider.shutdown(),
    };
  }
  const root = sampleRatio >= 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(sampleRatio);
  const sampler = new ParentBasedSampler({ root });
  const batches = new BatchSpanProcessor(exporter, { scheduledDelayMillis: EXPORT_INTERVAL_MS });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instanceId }),
    sampler: tail ? new RecordAllSampler(sampler) : sampler,
    spanProcessors: [tail ? new TailProcessor(batches, tail) : batches, profiler.processor],
  });
  return {
    tracer: provider.getTracer('braid'),
    profiler,
    [Symbol.asyncDispose]: () => provider.shutdown(),
  };
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

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

/** Marks a span as failed. Ending it stays with whoever began it. */
export function markFailed(span: Span, error: Error): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.recordException(error);
  if (error instanceof BraidError) span.setAttribute('error.type', String(error.code));
}
