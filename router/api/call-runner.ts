import { randomUUID } from 'node:crypto';
import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Clock } from '../../core/clock.ts';
import { type BraidError, toBraidError } from '../../core/errors.ts';
import { redactFilter } from '../../core/filter/redact-filter.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { inCall } from '../../telemetry/log/call-scope.ts';
import { CallNotes } from '../operations/call-notes.ts';
import type { Principal, RequestContext } from '../operations/request-context.ts';
import type { AccessGate } from './access/access-gate.ts';
import type { CallRight } from './access/call-rights.ts';
import type { CallObserver, CallReport } from './call-report.ts';
import { readParametersOf, subjectOf } from './call-subject.ts';
import type { ApiLimits } from './limits.ts';
import { traceContextFrom } from './trace-context.ts';

/** What a protocol knows about a call before it is served. */
export interface CallHead {
  readonly api: CallReport['api'];
  readonly method: string;
  /** As OpenTelemetry's conventions name a server's span: `package.Service/Method`, `POST /path`. */
  readonly spanName: string;
  /** Empty: `default`. */
  readonly database: string;
  /** The client's own; a new one is made when it is empty or too long. */
  readonly requestId: string;
  readonly client: string;
  readonly clientSentMs: number | undefined;
  /** From now on. */
  readonly timeoutMs: number;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** host:port of the client; empty when it is not known. */
  readonly peer: string;
  /** As HTTP has it: `grpc-python/1.62.0 …`. */
  readonly userAgent: string;
  /** The message or body, to tell what the call is about. */
  readonly request: unknown;
  /** What the caller must be allowed to do. */
  readonly right: CallRight;
  /** Who the caller says to be, as the protocol has it; empty: nobody. */
  readonly authorization: string;
  /** Of the message or body on the wire, without the frames of its protocol. */
  readonly requestBytes: number;
}

export type CallOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: BraidError };

export interface CallRunnerOptions {
  readonly clock: Clock;
  readonly logger: PluginLogger;
  readonly observer: CallObserver;
  /** Undefined: no spans of ours, but the caller's trace is passed on. */
  readonly tracer: Tracer | undefined;
  readonly limits: ApiLimits;
  /** Undefined: authentication is off. */
  readonly gate: AccessGate | undefined;
}

/**
 * What every call of either protocol goes through: the gate, the request context, the span, deadline and cancellation, the report.
 * It never rejects: whatever is thrown becomes a BraidError. An operation that neither ends by its deadline nor heeds its signal is given up a second later.
 */
export class CallRunner {
  readonly #options: CallRunnerOptions;

  constructor(options: CallRunnerOptions) {
    this.#options = options;
  }

  /**
   * `onGone` is given what must be called when the client goes away; calling it after the end does nothing. `byteLength` measures an answer, for those reports that say
   * how large it is.
   */
  async run<T>(
    head: CallHead,
    onGone: (abort: () => void) => void,
    work: (context: RequestContext) => Promise<T> | T,
    byteLength?: (value: T) => number,
  ): Promise<CallOutcome<T>> {
    const { clock, limits, observer } = this.#options;
    const startedMs = clock.monotonicMs();
    const timeoutMs = Math.min(head.timeoutMs, limits.callMsMax);
    const parent = traceContextFrom(head.traceparent, head.tracestate);
    const span = this.#startSpan(head, parent);
    const abandon = new AbortController();
    const context: RequestContext = {
      database: head.database === '' ? 'default' : head.database,
      requestId: usableId(head.requestId, limits.requestIdLengthMax),
      deadlineMs: startedMs + timeoutMs,
      signal: abandon.signal,
      // Also when the span is not recorded: what happens below it must not become a trace of its own.
      trace: span && isSpanContextValid(span.spanContext()) ? trace.setSpan(parent, span) : parent,
      principal: undefined,
      notes: new CallNotes(),
    };
    observer.callStarted(head.api, head.method);
    const ids = trace.getSpanContext(context.trace);
    const scope = { requestId: context.requestId, traceId: ids?.traceId ?? '', spanId: ids?.spanId ?? '' };
    let principal: Principal | undefined;
    const { gate } = this.#options;
    const admitted =
      gate &&
      (async () => {
        principal = await gate.admit(head, context.database);
        return work({ ...context, principal });
      });
    const outcome = await inCall(scope, () => this.#settle(context, abandon, timeoutMs, onGone, admitted ?? work));
    if (!outcome.ok) inCall(scope, () => this.#logUnexpected(head, context, outcome.error));
    if (span) endSpan(span, outcome, tagsOf(span, head, context));
    observer.callEnded({
      api: head.api,
      method: head.method,
      database: context.database,
      requestId: context.requestId,
      traceId: scope.traceId,
      spanId: scope.spanId,
      isTraced: ((ids?.traceFlags ?? TraceFlags.NONE) & TraceFlags.SAMPLED) !== 0,
      client: head.client,
      clientSentMs: head.clientSentMs,
      code: outcome.ok ? 0 : outcome.error.code,
      reason: outcome.ok ? '' : outcome.error.message,
      isInputError: !outcome.ok && outcome.error.isInput,
      durationMs: clock.monotonicMs() - startedMs,
      user: principal?.user ?? '',
      peer: head.peer,
      userAgent: head.userAgent,
      subject: () => subjectOf(head.request),
      readParameters: () => readParametersOf(head.request),
      plan: context.notes.plan,
      requestBytes: head.requestBytes,
      responseBytes: () => (outcome.ok ? (byteLength?.(outcome.value) ?? 0) : 0),
    });
    return outcome;
  }

  async #settle<T>(
    context: RequestContext,
    abandon: AbortController,
    timeoutMs: number,
    onGone: (abort: () => void) => void,
    work: (context: RequestContext) => Promise<T> | T,
  ): Promise<CallOutcome<T>> {
    let over = false;
    let reject: (reason: unknown) => void = () => {};
    const abort = (name: 'AbortError' | 'TimeoutError', message: string): void => {
      if (over) return;
      const reason = new DOMException(message, name);
      abandon.abort(reason);
      reject(reason);
    };
    onGone(() => abort('AbortError', 'the client went away'));
    const lateMs = timeoutMs + this.#options.limits.lateAnswerMs;
    const timer = setTimeout(() => abort('TimeoutError', `no answer within ${lateMs} ms`), lateMs);
    try {
      const abandoned = new Promise<never>((_, rejectIt) => {
        reject = rejectIt;
      });
      return { ok: true, value: await Promise.race([work(context), abandoned]) };
    } catch (thrown) {
      return { ok: false, error: toBraidError(thrown) };
    } finally {
      over = true;
      clearTimeout(timer);
    }
  }

  #startSpan(head: CallHead, parent: Context): Span | undefined {
    const attributes = { 'db.namespace': head.database };
    return this.#options.tracer?.startSpan(head.spanName, { kind: SpanKind.SERVER, attributes }, parent);
  }

  #logUnexpected(head: CallHead, context: RequestContext, error: BraidError): void {
    if (error.kind !== 'unexpected') return;
    const fields = { 'event.action': head.method, database: context.database, err: error };
    this.#options.logger.error(fields, 'a call failed for a reason that was not foreseen');
  }
}

function usableId(id: string, lengthMax: number): string {
  return id === '' || id.length > lengthMax ? randomUUID() : id;
}

/** Nothing for spans that are not recorded. */
function tagsOf(span: Span, { request, method }: CallHead, { notes, requestId }: RequestContext): Attributes {
  if (!span.isRecording()) return {};
  const { collection, partitions, filter } = subjectOf(request);
  const { plan } = notes;
  return {
    'db.system.name': 'braid',
    'db.operation.name': method,
    'braid.request_id': requestId,
    ...(collection !== '' && { 'db.collection.name': collection }),
    ...(partitions.length > 0 && { partitions: [...partitions] }),
    ...(filter !== '' && { filter: redactFilter(filter) }),
    ...(plan && { nq: plan.queryCount, k: plan.limit, segments: plan.segmentCount, calls: plan.callCount }),
    ...(plan && plan.field !== '' && { field: plan.field, metric_type: plan.metricType }),
  };
}

function endSpan(span: Span, outcome: CallOutcome<unknown>, tags: Attributes): void {
  span.setAttributes(tags);
  if (!outcome.ok) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.error.message });
    span.setAttribute('error.type', String(outcome.error.code));
  }
  span.end();
}
