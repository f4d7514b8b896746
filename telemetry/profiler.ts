import { randomBytes } from 'node:crypto';
import { type Context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { NODE_TAG } from './held-traces.ts';
import { type SpanRecord, spanRecordOf } from './span-record.ts';
import { askToHold } from './trace-context.ts';

/** Spans that one profile keeps; later ones are counted only. */
const SPANS_MAX = 2_000;

/** One span of a profile. Begins (`startMs`) are counted from that of the first one. */
export type ProfiledSpan = SpanRecord;

export interface Profile {
  readonly traceId: string;
  /** In the order of their begin: of this process, and of the nodes that were called as far as they answered. */
  readonly spans: readonly ProfiledSpan[];
  readonly droppedSpanCount: number;
}

interface Collected {
  readonly spans: ReadableSpan[];
  droppedSpanCount: number;
}

/** Asks nodes (`host:port`) for the spans of a trace. Never rejects: nodes that do not answer give none. */
export type AskNodes = (traceId: string, nodes: readonly string[]) => Promise<readonly (readonly SpanRecord[])[]>;

/**
 * Collects the spans of single pieces of work in memory, for whoever asked for them, whether or not spans are exported. Nodes that are called hold theirs and are
 * asked for them in the end. Other work pays one look at an empty map per span.
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

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  isProfiled(traceId: string): boolean {
    return this.#running.has(traceId);
  }

  /** `work` gets the context that its spans must lie below. What it throws is thrown on. */
  async profile<T>(
    work: (context: Context) => Promise<T>,
    askNodes: AskNodes = async () => [],
  ): Promise<{ readonly value: T; readonly profile: Profile }> {
    const traceId = randomBytes(16).toString('hex');
    const spanId = randomBytes(8).toString('hex');
    const collected: Collected = { spans: [], droppedSpanCount: 0 };
    this.#running.set(traceId, collected);
    try {
      const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      const value = await work(askToHold(trace.setSpanContext(ROOT_CONTEXT, parent)));
      const own = collected.spans.map(spanRecordOf);
      const nodes = new Set(own.flatMap(({ attributes }) => (attributes[NODE_TAG] as string | undefined) ?? []));
      const others = await askNodes(traceId, [...nodes]);
      return { value, profile: profileOf(traceId, joined(own, others), collected.droppedSpanCount) };
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

/** The nodes of this process answer with spans that are there already. */
function joined(own: readonly SpanRecord[], others: readonly (readonly SpanRecord[])[]): readonly SpanRecord[] {
  const known = new Map(own.map((span) => [span.id, span]));
  for (const spans of others) {
    const shiftMs = shiftOf(spans, known);
    for (const span of spans) {
      if (!known.has(span.id)) known.set(span.id, { ...span, startMs: span.startMs + shiftMs });
    }
  }
  return [...known.values()];
}

/** Clocks differ: where a node's answer would begin before the call of it or end after it, all of its spans are moved so that it lies in the middle. */
function shiftOf(spans: readonly SpanRecord[], known: ReadonlyMap<string, SpanRecord>): number {
  const served = spans.find(({ id, parentId }) => !known.has(id) && known.has(parentId));
  if (!served) return 0;
  const call = known.get(served.parentId)!;
  const spareMs = call.durationMs - served.durationMs;
  const leadMs = served.startMs - call.startMs;
  return leadMs >= 0 && leadMs <= spareMs ? 0 : spareMs / 2 - leadMs;
}

function profileOf(traceId: string, spans: readonly SpanRecord[], droppedSpanCount: number): Profile {
  const ordered = [...spans].sort((left, right) => left.startMs - right.startMs);
  const beginMs = ordered[0]?.startMs ?? 0;
  return {
    traceId,
    droppedSpanCount,
    spans: ordered.map((span) => ({ ...span, startMs: span.startMs - beginMs })),
  };
}
