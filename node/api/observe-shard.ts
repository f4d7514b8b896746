import { type Attributes, type Span, SpanKind, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { toBraidError } from '../../core/errors.ts';
import type { CallContext, Scope, SpansRequest } from '../../proto/generated/node.ts';
import { METHODS } from '../../proto/node-protocol/methods.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import type { HeldTraces } from '../../telemetry/held-traces.ts';
import { type CallScope, inCall } from '../../telemetry/log/call-scope.ts';
import { contextFromTraceparent, traceparentOf } from '../../telemetry/trace-context.ts';
import { markFailed } from '../../telemetry/tracing.ts';
import { answerSpans } from './answer-spans.ts';

export interface ShardObserver {
  readonly tracer: Tracer;
  /** What callers want held. */
  readonly held: HeldTraces;
  /** A call begins; it ends in `answered`. Both are cheap and never throw. */
  readonly asked?: (call: string) => void;
  readonly answered: (call: string, durationMs: number, outcome: 'success' | 'fail') => void;
}

interface NodeRequest {
  readonly context?: CallContext | undefined;
  readonly scope?: Scope | undefined;
  readonly queryCount?: number;
  readonly k?: number;
  readonly collectionId?: number;
  readonly rowCount?: number;
  readonly upsert?: boolean;
}

type Call = (request: NodeRequest, signal: AbortSignal) => Promise<unknown>;

/**
 * The same node, watched: every call but the streams is counted and timed, and has a span below the caller's if the trace is sampled or the caller wants it held. What the node itself records
 * (a span per segment, tags of the call) comes below that one. It also answers for the spans that are held.
 */
export function observeShard<Node extends Omit<Shard, 'spans'>>(node: Node, observer: ShardObserver): Node & Shard {
  const members = node as unknown as Record<string, Call | undefined>;
  const observed: Record<string | symbol, unknown> = {
    address: node.address,
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
    spans: async (request: SpansRequest) => answerSpans(observer.held, request),
  };
  for (const { name, streams } of Object.values(METHODS)) {
    const call = members[name]?.bind(node);
    if (call) observed[name] = streams ? call : observeCall(name, call, observer);
  }
  return observed as unknown as Node & Shard;
}

function observeCall(name: string, call: Call, observer: ShardObserver): Call {
  const { asked, answered } = observer;
  return async (request, signal) => {
    const startedMs = performance.now();
    asked?.(name);
    const span = openSpan(name, request, observer);
    const scope = scopeOf(request.context, span);
    try {
      const answer = await inCall(scope, () => call(below(request, span), signal));
      answered(name, performance.now() - startedMs, 'success');
      return answer;
    } catch (error) {
      answered(name, performance.now() - startedMs, 'fail');
      if (span) markFailed(span, toBraidError(error));
      throw error;
    } finally {
      span?.end();
    }
  };
}

/** Undefined where nothing is recorded. */
function openSpan(name: string, request: NodeRequest, { tracer, held }: ShardObserver): Span | undefined {
  const { context } = request;
  if (!context?.traceparent) return undefined;
  const parent = contextFromTraceparent(context.traceparent);
  const caller = trace.getSpanContext(parent);
  if (!caller) return undefined;
  if (context.holdSpans) held.hold(caller);
  if ((caller.traceFlags & TraceFlags.SAMPLED) === 0 && !held.isHeld(caller.traceId)) return undefined;
  const span = tracer.startSpan(`node_${name}`, { kind: SpanKind.SERVER }, parent);
  if (!span.isRecording()) return undefined;
  span.setAttributes(tagsOf(request));
  return span;
}

/** The request with the parent of what the node records; without one where it need not record anything. */
function below(request: NodeRequest, span: Span | undefined): NodeRequest {
  const { context } = request;
  if (!context?.traceparent) return request;
  return { ...request, context: { ...context, traceparent: span ? traceparentOf(span.spanContext()) : '' } };
}

/** What requests say of themselves. */
function tagsOf({ scope, queryCount, k, collectionId, rowCount, upsert }: NodeRequest): Attributes {
  return {
    ...(collectionId && { collection_id: collectionId }),
    ...(rowCount !== undefined && { rows: rowCount }),
    ...(upsert && { upsert }),
    ...(scope && { collection_id: scope.collectionId, segments: scope.segmentIds.length }),
    ...(queryCount !== undefined && { nq: queryCount }),
    ...(k !== undefined && { k }),
  };
}

/** What lines that are logged meanwhile say of the call, and where its tags go. */
function scopeOf(context: CallContext | undefined, span: Span | undefined): CallScope {
  const [, traceId = '', callerId = ''] = context?.traceparent.split('-') ?? [];
  return { requestId: context?.requestId ?? '', traceId, spanId: span?.spanContext().spanId ?? callerId, span };
}
