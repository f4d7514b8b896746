import {
  type Attributes,
  type Context,
  type Link,
  type SpanContext,
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
import { HELD_SPANS_MAX, HELD_TRACE_SPANS_MAX, HELD_TRACES_MAX } from './limits.ts';

/** Which traces are kept although sampling left them out. */
export interface TailRules {
  /** Those that end in an error. */
  readonly errors: boolean;
  /** Those whose call took longer. 0: none for that reason. */
  readonly slowMs: number;
}

/** The tag of a call's span that says which node was called: `host:port`. */
export const NODE_TAG = 'node';

/** Told of a trace that is kept, and which nodes were called in it. */
export type KeptListener = (traceId: string, nodes: readonly string[]) => void;

interface HeldTrace {
  spans: ReadableSpan[];
  open: number;
  /** It came from a client to this process, which decides about it. Of others the process that called decides. */
  readonly isOwn: boolean;
  isKept: boolean;
}

/**
 * Holds the spans of traces that are not sampled until it is known whether they are wanted. The process that a call of a client came to decides, when its last span has ended: if the call failed
 * or was slow, its spans go on as if they were sampled, and it tells the nodes that were called (`onKept`), which held theirs (`hold`) and let them go on as well (`keep`), also those
 * that end later. What is not wanted is forgotten: at once where it was decided, at nodes when newer ones need the room. What is held is bounded, in traces, spans of one and spans of all.
 */
export class HeldTraces implements SpanProcessor {
  readonly #next: SpanProcessor | undefined;
  readonly #rules: TailRules | undefined;
  /** The oldest first. */
  readonly #traces = new Map<string, HeldTrace>();
  #spanCount = 0;
  #kept: KeptListener = () => {};

  /** Without `next` spans that go on are lost; without rules no trace is held but those that `hold` names. */
  constructor(next: SpanProcessor | undefined, rules: TailRules | undefined) {
    this.#next = next;
    this.#rules = rules;
  }

  get isEmpty(): boolean {
    return this.#traces.size === 0;
  }

  /** Spans that are held, of all traces. */
  get spanCount(): number {
    return this.#spanCount;
  }

  isHeld(traceId: string): boolean {
    return this.#traces.has(traceId);
  }

  onKept(listener: KeptListener): void {
    this.#kept = listener;
  }

  /** From now on spans of the caller's trace are recorded and held for it. Not where nothing could come of it: an unsampled trace is held to be sent. */
  hold({ traceId, traceFlags }: SpanContext): void {
    if (this.#traces.has(traceId) || (!this.#next && (traceFlags & TraceFlags.SAMPLED) === 0)) return;
    this.#put(traceId, { spans: [], open: 0, isOwn: false, isKept: false });
  }

  /** What is held of the trace goes on, and what is still to end. A trace that is not held is left out. */
  keep(traceId: string): void {
    const held = this.#traces.get(traceId);
    if (!held || held.isOwn) return;
    held.isKept = true;
    this.#spanCount -= held.spans.length;
    for (const span of held.spans.splice(0)) this.#send(span);
  }

  /** Those that have ended. */
  spansOf(traceId: string): readonly ReadableSpan[] {
    return this.#traces.get(traceId)?.spans ?? [];
  }

  onStart(span: Span, parent: Context): void {
    if (isSampled(span)) this.#next?.onStart(span, parent);
    const { traceId } = span.spanContext();
    const held = this.#traces.get(traceId);
    if (held) held.open++;
    else if (this.#rules && !isSampled(span)) this.#put(traceId, { spans: [], open: 1, isOwn: true, isKept: false });
  }

  onEnd(span: ReadableSpan): void {
    if (isSampled(span)) this.#next?.onEnd(span);
    const { traceId } = span.spanContext();
    const held = this.#traces.get(traceId);
    if (!held) return;
    held.open--;
    if (held.isKept && !held.isOwn) this.#send(span);
    else if (held.spans.length < HELD_TRACE_SPANS_MAX) {
      held.spans.push(span);
      this.#spanCount++;
      this.#evict();
    }
    if (held.isOwn) this.#decide(traceId, held, span);
  }

  forceFlush(): Promise<void> {
    return this.#next?.forceFlush() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.#traces.clear();
    this.#spanCount = 0;
    return this.#next?.shutdown() ?? Promise.resolve();
  }

  #decide(traceId: string, held: HeldTrace, ended: ReadableSpan): void {
    if (comesFromOutside(ended) && this.#isWanted(ended)) held.isKept = true;
    if (held.open > 0) return;
    this.#forget(traceId);
    if (!held.isKept) return;
    const nodes = new Set<string>();
    for (const span of held.spans) {
      const node = span.attributes[NODE_TAG];
      if (typeof node === 'string') nodes.add(node);
      this.#send(span);
    }
    this.#kept(traceId, [...nodes]);
  }

  /** What is sampled has gone on already. */
  #send(span: ReadableSpan): void {
    if (!isSampled(span)) this.#next?.onEnd(sampled(span));
  }

  #put(traceId: string, held: HeldTrace): void {
    this.#traces.set(traceId, held);
    this.#evict();
  }

  #evict(): void {
    while (this.#spanCount > HELD_SPANS_MAX || this.#traces.size > HELD_TRACES_MAX)
      this.#forget(this.#traces.keys().next().value!);
  }

  #forget(traceId: string): void {
    this.#spanCount -= this.#traces.get(traceId)?.spans.length ?? 0;
    this.#traces.delete(traceId);
  }

  #isWanted(span: ReadableSpan): boolean {
    const { errors, slowMs } = this.#rules!;
    if (errors && span.status.code === SpanStatusCode.ERROR) return true;
    const [seconds, nanoseconds] = span.duration;
    return slowMs > 0 && seconds * 1_000 + nanoseconds / 1_000_000 > slowMs;
  }
}

/** As another sampler, but what that leaves out is recorded all the same where it is held. It stays unsampled for those who are called. */
export class HoldingSampler implements Sampler {
  readonly #sampler: Sampler;
  readonly #isHeld: (traceId: string) => boolean;

  constructor(sampler: Sampler, isHeld: (traceId: string) => boolean) {
    this.#sampler = sampler;
    this.#isHeld = isHeld;
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
    if (result.decision !== SamplingDecision.NOT_RECORD || !this.#isHeld(traceId)) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  }

  toString(): string {
    return `Holding(${this.#sampler.toString()})`;
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
