import { isSpanContextValid, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { describe, expect, test, vi } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import type { CallReport } from '../../../router/api/call-report.ts';
import { type CallHead, CallRunner, type CallRunnerOptions } from '../../../router/api/call-runner.ts';
import { API_LIMITS } from '../../../router/api/limits.ts';
import { traceContextFrom } from '../../../router/api/trace-context.ts';

const HEAD: CallHead = {
  requestBytes: 0,
  api: 'grpc',
  method: 'Search',
  spanName: 'milvus.proto.milvus.MilvusService/Search',
  database: '',
  requestId: '',
  client: '5',
  clientSentMs: undefined,
  timeoutMs: 1_000,
  traceparent: undefined,
  tracestate: undefined,
  peer: '127.0.0.1:5000',
  userAgent: 'grpc-python/1.62.0',
  request: { collectionName: 'books', partitionName: 'new', expr: 'id > 5' },
  right: { kind: 'nothing' },
  authorization: '',
};
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

function runner(options: Partial<CallRunnerOptions> = {}) {
  const reports: CallReport[] = [];
  let now = 0;
  const made = new CallRunner({
    clock: { nowMs: () => now, monotonicMs: () => (now += 10) },
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    observer: { callStarted: () => {}, callEnded: (report) => reports.push(report) },
    tracer: undefined,
    limits: API_LIMITS,
    gate: undefined,
    ...options,
  });
  return { runner: made, reports };
}

const nobody = (): void => {};

test('what succeeds and what is thrown', async () => {
  const { runner: made, reports } = runner();
  expect(await made.run(HEAD, nobody, () => 5)).toEqual({ ok: true, value: 5 });
  const failure = new BraidError('indexNotFound', 'index not found');
  const failed = await made.run({ ...HEAD, database: 'books' }, nobody, async () => {
    throw failure;
  });
  expect(failed).toEqual({ ok: false, error: failure });
  expect(reports).toMatchObject([
    { api: 'grpc', method: 'Search', database: 'default', client: '5', code: 0, reason: '', durationMs: 10 },
    { database: 'books', code: 700, reason: 'index not found' },
  ]);
});

test('the context: deadline on the clock, an id, a signal that a finished call no longer fires', async () => {
  const { runner: made } = runner();
  let gone: () => void = nobody;
  const outcome = await made.run(
    { ...HEAD, timeoutMs: 500, requestId: 'mine' },
    (abort) => {
      gone = abort;
    },
    (context) => context,
  );
  if (!outcome.ok) throw outcome.error;
  expect(outcome.value).toMatchObject({ deadlineMs: 510, requestId: 'mine', database: 'default' });
  gone();
  expect(outcome.value.signal.aborted).toBe(false);
  const capped = await made.run({ ...HEAD, timeoutMs: Number.MAX_SAFE_INTEGER }, nobody, (context) => context);
  expect(capped).toMatchObject({ value: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
});

test('a call is given up when its client goes away or its time is long over, whatever the operation does', async () => {
  const { runner: made } = runner({ limits: { ...API_LIMITS, lateAnswerMs: 20 } });
  const stuck = () => new Promise<never>(() => {});
  const gone = made.run(HEAD, (abort) => setTimeout(abort, 10), stuck);
  expect(await gone).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
  const late = made.run({ ...HEAD, timeoutMs: 10 }, nobody, stuck);
  expect(await late).toMatchObject({ ok: false, error: { kind: 'deadlineExceeded' } });
  const over = made.run({ ...HEAD, timeoutMs: -5 }, nobody, stuck);
  expect(await over).toMatchObject({ ok: false, error: { kind: 'deadlineExceeded' } });
});

test('a finished call leaves no timer behind', async () => {
  vi.useFakeTimers();
  try {
    await runner().runner.run(HEAD, nobody, () => 5);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

describe('traces', () => {
  test('the caller’s span is the parent of ours, ours of what happens below', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const { runner: made } = runner({ tracer: provider.getTracer('test') });
    const outcome = await made.run({ ...HEAD, traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` }, nobody, (context) => {
      throw new BraidError('parameterInvalid', trace.getSpanContext(context.trace)!.spanId);
    });
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({
      name: 'milvus.proto.milvus.MilvusService/Search',
      kind: SpanKind.SERVER,
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': '1100' },
    });
    expect(span!.spanContext().traceId).toBe(TRACE_ID);
    expect(span!.parentSpanContext?.spanId).toBe(SPAN_ID);
    expect(outcome).toMatchObject({ error: { message: span!.spanContext().spanId } });
  });

  test('a trace that is not recorded is still one trace', async () => {
    const provider = new NodeTracerProvider({ sampler: new AlwaysOffSampler() });
    const { runner: made } = runner({ tracer: provider.getTracer('test') });
    const outcome = await made.run(HEAD, nobody, (context) => trace.getSpanContext(context.trace));
    if (!outcome.ok) throw outcome.error;
    expect(isSpanContextValid(outcome.value!)).toBe(true);
  });

  test.each([
    undefined,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `ff-${TRACE_ID}-${SPAN_ID}-01`,
    `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`,
  ])('a header that is none is no parent: %s', (traceparent) => {
    expect(trace.getSpanContext(traceContextFrom(traceparent, undefined))).toBeUndefined();
  });

  test('the state of the trace is passed on, unless it is too long', () => {
    const state = (text: string) =>
      trace.getSpanContext(traceContextFrom(`00-${TRACE_ID}-${SPAN_ID}-00`, text))!.traceState?.serialize();
    expect(state('a=1,b=2')).toBe('a=1,b=2');
    expect(state(`a=${'1'.repeat(1_000)}`)).toBeUndefined();
  });
});
