import { randomBytes } from 'node:crypto';
import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** Spans that one profile keeps; later ones are counted only. */
const SPANS_MAX = 2_000;

/** One span of a profile. */
export interface ProfiledSpan {
  readonly id: string;
  /** The span it lies below; one that the profile lacks for a root. */
  readonly parentId: string;
  readonly name: string;
  /** From the begin of the first span of the profile. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why it failed; empty when it did not. */
  readonly error: string;
}

export interface Profile {
  readonly traceId: string;
  /** In the order of their begin. Those of other processes are not among them. */
  readonly spans: readonly ProfiledSpan[];
  readonly droppedSpanCount: number;
}

interface Collected {
  readonly spans: ReadableSpan[];
  droppedSpanCount: number;
}

/**
 * Collects the spans of single pieces of work in memory, for whoever asked for them, whether or not spans are exported. Other work pays one look at an empty map
 * per span.
 */
export class Profiler {
  readonly #running = new Map<string, Collected>();

  /** Belongs to the provider whose tracer does the recording. */
  readonly processor: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => this.#take(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };

  /** Records what lies below the profiled work's context by `recording`, all else by `plain`. */
  tracer(plain: Tracer, recording: Tracer): Tracer {
    const choose = (context: Context | undefined): Tracer => {
      if (this.#running.size === 0 || !context) return plain;
      const parent = trace.getSpanContext(context);
      return parent && this.#running.has(parent.traceId) ? recording : plain;
    };
    return {
      startSpan: (name, options, context) => choose(context).startSpan(name, options, context),
      startActiveSpan: plain.startActiveSpan.bind(plain),
    };
  }

  /** `work` gets the context that its spans must lie below. What it throws is thrown on. */
  async profile<T>(work: (context: Context) => Promise<T>): Promise<{ readonly value: T; readonly profile: Profile }> {
    const traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    const collected: Collected = { spans: [], droppedSpanCount: 0 };
    this.#running.set(traceId, collected);
    try {
      const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      const value = await work(trace.setSpanContext(ROOT_CONTEXT, parent));
      return { value, profile: profileOf(traceId, collected) };
    } finally {
      this.#running.delete(traceId);
    }
  }

  #take(span: ReadableSpan): void {
    if (this.#running.size === 0) return;
    const collected = this.#running.get(span.spanContext().traceId);
    if (!collected) return;
    if (collected.spans.length < SPANS_MAX) collected.spans.push(span);
    else collected.droppedSpanCount++;
  }
}

function profileOf(traceId: string, { spans, droppedSpanCount }: Collected): Profile {
  const startedMs = (span: ReadableSpan): number => millisecondsOf(span.startTime);
  const ordered = [...spans].sort((left, right) => startedMs(left) - startedMs(right));
  const [first] = ordered;
  return {
    traceId,
    droppedSpanCount,
    spans: ordered.map((span) => ({
      id: span.spanContext().spanId,
      parentId: span.parentSpanContext?.spanId ?? '',
      name: span.name,
      startMs: startedMs(span) - startedMs(first!),
      durationMs: millisecondsOf(span.duration),
      attributes: span.attributes,
      error: span.status.code === SpanStatusCode.ERROR ? (span.status.message ?? 'failed') : '',
    })),
  };
}

function millisecondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}
