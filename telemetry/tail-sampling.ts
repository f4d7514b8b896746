import {
  type Attributes,
  type Context,
  type Link,
  type SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import {
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
  type Span,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** Which traces are kept although sampling left them out. */
export interface TailRules {
  /** Those that end in an error. */
  readonly errors: boolean;
  /** Those whose call took longer. 0: none for that reason. */
  readonly slowMs: number;
}

/** Traces under way that are held; of more the oldest is let go. */
const TRACES_MAX = 1_000;
/** Spans of one trace that are held; more are left out. */
const SPANS_MAX = 500;

/** As another sampler, but what that leaves out is recorded all the same, for TailProcessor to decide at the end. It stays unsampled for nodes that are called. */
export class RecordAllSampler implements Sampler {
  readonly #sampler: Sampler;

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    const result = this.#sampler.shouldSample(context, traceId, name, kind, attributes, links);
    if (result.decision !== SamplingDecision.NOT_RECORD) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  }

  toString(): string {
    return `RecordAll(${this.#sampler.toString()})`;
  }
}

interface HeldTrace {
  readonly spans: ReadableSpan[];
  open: number;
  isKept: boolean;
}

/**
 * Holds the spans of traces that are not sampled until the last of this process has ended. If a call that came from outside of this process failed or was slow, all go on as
 * if they were sampled, else they are forgotten. Every process decides about its own spans: of a slow call a router keeps its part, a node its own only if its call was slow, too.
 */
export class TailProcessor implements SpanProcessor {
  readonly #next: SpanProcessor;
  readonly #rules: TailRules;
  readonly #traces = new Map<string, HeldTrace>();

  constructor(next: SpanProcessor, rules: TailRules) {
    this.#next = next;
    this.#rules = rules;
  }

  onStart(span: Span, parent: Context): void {
    if (isSampled(span)) {
      this.#next.onStart(span, parent);
      return;
    }
    const { traceId } = span.spanContext();
    const held = this.#traces.get(traceId);
    if (held) {
      held.open++;
      return;
    }
    this.#traces.set(traceId, { spans: [], open: 1, isKept: false });
    if (this.#traces.size > TRACES_MAX) this.#traces.delete(this.#traces.keys().next().value!);
  }

  onEnd(span: ReadableSpan): void {
    if (isSampled(span)) {
      this.#next.onEnd(span);
      return;
    }
    const { traceId } = span.spanContext();
    const held = this.#traces.get(traceId);
    if (!held) return;
    if (held.spans.length < SPANS_MAX) held.spans.push(span);
    if (comesFromOutside(span) && this.#isWanted(span)) held.isKept = true;
    if (--held.open > 0) return;
    this.#traces.delete(traceId);
    if (held.isKept) for (const kept of held.spans) this.#next.onEnd(sampled(kept));
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#traces.clear();
    return this.#next.shutdown();
  }

  #isWanted(span: ReadableSpan): boolean {
    const { errors, slowMs } = this.#rules;
    if (errors && span.status.code === SpanStatusCode.ERROR) return true;
    const [seconds, nanoseconds] = span.duration;
    return slowMs > 0 && seconds * 1_000 + nanoseconds / 1_000_000 > slowMs;
  }
}

function isSampled(span: Span | ReadableSpan): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

function comesFromOutside({ parentSpanContext }: ReadableSpan): boolean {
  return parentSpanContext === undefined || parentSpanContext.isRemote === true;
}

/** The same span with the flag that exporters look at. */
function sampled(span: ReadableSpan): ReadableSpan {
  const context = { ...span.spanContext(), traceFlags: TraceFlags.SAMPLED };
  return Object.create(span, { spanContext: { value: () => context } }) as ReadableSpan;
}
