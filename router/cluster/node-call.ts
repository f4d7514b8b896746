import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import { type BraidError, toBraidError } from '../../core/errors.ts';
import type { CallContext } from '../../proto/generated/node.ts';
import { classifyError } from './classify-error.ts';
import type { Deadline } from './deadline.ts';
import type { CallOutcome, MemberHandle } from './member-handle.ts';
import type { NodeCallKind, RouterMetrics } from './router-metrics.ts';
import { traceparentBelow } from './tracing.ts';

export interface NodeCall<Response> {
  readonly kind: NodeCallKind;
  readonly deadline: Deadline;
  /** Where the node's spans hang. */
  readonly trace?: Context;
  readonly invoke: (context: CallContext, signal: AbortSignal) => Promise<Response>;
  /** Called once when the call is late: another node may be asked, too. */
  readonly overdue?: (() => void) | undefined;
}

export interface NodeCallDependencies {
  readonly clock: Clock;
  readonly metrics: RouterMetrics;
}

/** A call under way. */
export interface PendingCall<Response> {
  readonly response: Promise<Response>;
  /** Gives it up: `response` rejects with the error, the node is told to stop. */
  readonly abort: (error: BraidError) => void;
}

/**
 * Calls a node. The promise settles by the deadline, when the caller goes away and when the node goes down, even if the node never answers. Rejects with BraidError only.
 */
export function callNode<Response>(
  handle: MemberHandle,
  call: NodeCall<Response>,
  dependencies: NodeCallDependencies,
): PendingCall<Response> {
  const { deadline, kind } = call;
  const { clock, metrics } = dependencies;
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
    reject(error);
    controller.abort(error);
  };
  const answered = (value: Response): void => {
    if (settle('answered', true)) resolve(value);
  };
  const failed = (thrown: unknown): void => {
    const error = toBraidError(thrown);
    if (settle(outcomeOf(error), false)) reject(error);
  };
  try {
    deadline.add(abort);
    handle.callBegan(abort, call.overdue);
    const context: CallContext = {
      requestId: deadline.requestId,
      traceparent: traceparentBelow(call.trace ?? ROOT_CONTEXT),
      timeoutMs: deadline.remainingMs,
    };
    call.invoke(context, controller.signal).then(answered, failed);
  } catch (thrown) {
    failed(thrown);
  }
  return { response, abort };
}

function outcomeOf(error: BraidError): CallOutcome {
  if (error.kind === 'deadlineExceeded' || error.kind === 'cancelled') return 'abandoned';
  return classifyError(error) === 'node' ? 'failed' : 'answered';
}
