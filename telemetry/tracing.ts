import { type Context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
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
import { HeldTraces, HoldingSampler, type TailRules } from './held-traces.ts';
import { Profiler } from './profiler.ts';

/** Finished spans wait so long at most before they are sent. */
const EXPORT_INTERVAL_MS = 1_000;

export interface TracingOptions {
  /** Undefined: nothing is sent, and nothing recorded but what somebody asks for (profiles). */
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
  readonly held: HeldTraces;
}

export function openTracing(options: TracingOptions): OpenTracing {
  const { exporter, serviceName, instanceId, sampleRatio } = options;
  const tail = exporter && options.tail;
  const profiler = new Profiler();
  const batches = exporter && new BatchSpanProcessor(exporter, { scheduledDelayMillis: EXPORT_INTERVAL_MS });
  const held = new HeldTraces(batches, tail);
  const root = rootSampler(exporter ? sampleRatio : 0);
  const isHeld = tail ? () => true : (traceId: string) => held.isHeld(traceId);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instanceId }),
    sampler: new HoldingSampler(new ParentBasedSampler({ root }), isHeld),
    spanProcessors: [held, profiler.processor],
  });
  const recording = provider.getTracer('braid');
  return {
    tracer: exporter ? recording : onlyWanted(recording, profiler, held),
    profiler,
    held,
    [Symbol.asyncDispose]: () => provider.shutdown(),
  };
}

function rootSampler(ratio: number): AlwaysOnSampler | AlwaysOffSampler | TraceIdRatioBasedSampler {
  if (ratio >= 1) return new AlwaysOnSampler();
  return ratio <= 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
}

/** Without an exporter: records what is profiled here or held for others, and costs all else one look at two empty maps. */
function onlyWanted(recording: Tracer, profiler: Profiler, held: HeldTraces): Tracer {
  const plain = trace.getTracer('braid');
  const choose = (context: Context | undefined): Tracer => {
    if ((profiler.isIdle && held.isEmpty) || !context) return plain;
    const traceId = trace.getSpanContext(context)?.traceId ?? '';
    return profiler.isProfiled(traceId) || held.isHeld(traceId) ? recording : plain;
  };
  return {
    startSpan: (name, options, context) => choose(context).startSpan(name, options, context),
    startActiveSpan: plain.startActiveSpan.bind(plain),
  };
}

/** Marks a span as failed. Ending it stays with whoever began it. */
export function markFailed(span: Span, error: Error): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.recordException(error);
  if (error instanceof BraidError) span.setAttribute('error.type', String(error.code));
}
