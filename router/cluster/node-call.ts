import { type Attributes, type Context, ROOT_CONTEXT, SpanKind, type Tracer } from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import { type BraidError, toBraidError } from '../../core/errors.ts';
import type { CallContext } from '../../proto/generated/node.ts';
import { NODE_TAG } from '../../telemetry/held-traces.ts';
import { isHoldWanted } from '../../telemetry/trace-context.ts';
import { classifyError } from './classify-error.ts';
import type { Deadline } from './deadline.ts';
import type { CallOutcome, MemberHandle } from './member-handle.ts';
import type { NodeCallKind, RouterMetrics } from './router-metrics.ts';
import { failSpan, openSpan, traceparentBelow } from './tracing.ts';

export interface NodeCall<Response> {
  readonly kind: NodeCallKind;
  readonly deadline: Deadline;
  /** Where the span of the call hangs, and below it those of the node. Without it there are none. */
  readonly trace?: Context | undefined;
  /** Of that span. */
  readonly tags?: Attributes;
  /** What the answer adds to them; called only where they are recorded. */
  readonly tagsOf?: (response: Response) => Attributes;
  readonly invoke: (context: CallContext, signal: AbortSignal) => Promise<Response>;
  /** Called once when the call is late: another node may be asked, too. */
  readonly overdue?: (() => void) | undefined;
}

export interface NodeCallDependencies {
  readonly clock: Clock;
  readonly metrics: RouterMetrics;
  readonly tracer: Tracer;
}

/** A call under way. */
export interface PendingCall<Response> {
  readonly response: Promise<Response>;
  /** Gives it up: `response` rejects with the error, the node is told to stop. */
  readonly abort: (error: BraidError) => void;
}

/**
 * Calls a node, below a span `<kind>_<address>`. The promise settles by the deadline, when the caller goes away and when the node goes down, even if the node never answers. Rejects with BraidError only.
 */
export function callNode<Response>(
  handle: MemberHandle,
  call: NodeCall<Response>,
  dependencies: NodeCallDependencies,
): PendingCall<Response> {
  const { deadline, kind } = call;
  const { clock, metrics } = dependencies;
  const { end, context } = openCallSpan(handle.shard.address, call, dependencies.tracer);
  const { promise: response, resolve, reject } = Promise.withResolvers<Response>();
  const controller = new AbortController();
  const startMs = clock.monotonicMs();
  let settled = false;
  const settle = (outcome: CallOutcome, succeeded: boolean): boolean => {
    if (settled) return false;
    settled = true;
    deadline.remove(abort);
    handle.callEnded(abort, outcome);
    metrics.nodeCall(kind, handle.shard.address, clock.monotonicMs() - startMs, succeeded ? 'success' : 'fail');
    return true;
  };
  const abort = (error: BraidError): void => {
    if (!settle('abandoned', false)) return;
    end.failed(error);
    reject(error);
    controller.abort(error);
  };
  const answered = (value: Response): void => {
    if (!settle('answered', true)) return;
    end.answered(value);
    resolve(value);
  };
  const failed = (thrown: unknown): void => {
    const error = toBraidError(thrown);
    if (!settle(outcomeOf(error), false)) return;
    end.failed(error);
    reject(error);
  };
  try {
    deadline.add(abort);
    handle.callBegan(abort, call.overdue);
    const callContext: CallContext = {
      requestId: deadline.requestId,
      traceparent: traceparentBelow(context),
      timeoutMs: deadline.remainingMs,
      holdSpans: isHoldWanted(context) || undefined,
    };
    call.invoke(callContext, controller.signal).then(answered, failed);
  } catch (thrown) {
    failed(thrown);
  }
  return { response, abort };
}

interface CallSpan<Response> {
  readonly end: { answered(response: Response): void; failed(error: BraidError): void };
  /** For what happens on the node. */
  readonly context: Context;
}

function openCallSpan<Response>(
  address: string,
  { kind, trace, tags, tagsOf }: NodeCall<Response>,
  tracer: Tracer,
): CallSpan<Response> {
  if (!trace) return { end: { answered: () => undefined, failed: () => undefined }, context: ROOT_CONTEXT };
  const { span, context } = openSpan(tracer, `${kind}_${address}`, trace, SpanKind.CLIENT);
  if (span.isRecording()) span.setAttributes({ [NODE_TAG]: address, ...tags });
  const end = {
    answered: (response: Response): void => {
      if (tagsOf && span.isRecording()) span.setAttributes(tagsOf(response));
      span.end();
    },
    failed: (error: BraidError): void => failSpan(span, error),
  };
  return { end, context };
}

function outcomeOf(error: BraidError): CallOutcome {
  if (error.kind === 'deadlineExceeded' || error.kind === 'cancelled') return 'abandoned';
  return classifyError(error) === 'node' ? 'failed' : 'answered';
}
