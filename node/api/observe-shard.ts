import { type Attributes, SpanKind, type Tracer } from '@opentelemetry/api';
import { toBraidError } from '../../core/errors.ts';
import type { CallContext, Scope } from '../../proto/generated/node.ts';
import { METHODS } from '../../proto/node-protocol/methods.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { type CallScope, inCall } from '../../telemetry/log/call-scope.ts';
import { contextFromTraceparent, markFailed, traceparentOf } from '../../telemetry/tracing.ts';

export interface ShardObserver {
  readonly tracer: Tracer;
  /** Cheap and never throws. */
  readonly answered: (call: string, durationMs: number, outcome: 'success' | 'fail') => void;
}

interface NodeRequest {
  readonly context?: CallContext | undefined;
  readonly scope?: Scope | undefined;
  readonly queryCount?: number;
  readonly k?: number;
}

type Call = (request: NodeRequest, signal: AbortSignal) => Promise<unknown>;

/**
 * The same node, watched: every call but the streams is counted and timed, and has a span below the caller's. What the node itself records (a span per
 * segment) comes below that one.
 */
export function observeShard<Node extends Shard>(node: Node, observer: ShardObserver): Node {
  const members = node as unknown as Record<string, Call | undefined>;
  const observed: Record<string | symbol, unknown> = {
    address: node.address,
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
  for (const { name, streams } of Object.values(METHODS)) {
    const call = members[name]?.bind(node);
    if (call) observed[name] = streams ? call : observeCall(name, call, observer);
  }
  return observed as unknown as Node;
}

function observeCall(name: string, call: Call, { tracer, answered }: ShardObserver): Call {
  return async (request, signal) => {
    const startedMs = performance.now();
    const parent = request.context?.traceparent ? contextFromTraceparent(request.context.traceparent) : undefined;
    const span = parent && tracer.startSpan(`node_${name}`, { kind: SpanKind.SERVER }, parent);
    if (span?.isRecording()) span.setAttributes(tagsOf(request));
    const traced = span?.isRecording()
      ? { ...request, context: { ...request.context!, traceparent: traceparentOf(span.spanContext()) } }
      : request;
    try {
      const answer = await inCall(scopeOf(traced.context), () => call(traced, signal));
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

/** What every request for rows has in common. */
function tagsOf({ scope, queryCount, k }: NodeRequest): Attributes {
  return {
    ...(scope && { collection_id: scope.collectionId, segments: scope.segmentIds.length }),
    ...(queryCount !== undefined && { nq: queryCount }),
    ...(k !== undefined && { k }),
  };
}

/** What lines that are logged meanwhile say of the call. */
function scopeOf(context: CallContext | undefined): CallScope {
  const [, traceId = '', spanId = ''] = context?.traceparent.split('-') ?? [];
  return { requestId: context?.requestId ?? '', traceId, spanId };
}
