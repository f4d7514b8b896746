import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { observeShard } from '../../../node/api/observe-shard.ts';
import { CallContext, QueryRequest, QueryResponse, SpansRequest } from '../../../proto/generated/node.ts';
import type { Shard } from '../../../proto/node-protocol/shard.ts';
import { HeldTraces } from '../../../telemetry/held-traces.ts';
import { tagCall } from '../../../telemetry/log/call-scope.ts';
import { openTracing } from '../../../telemetry/tracing.ts';

const never = new AbortController().signal;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('calls are counted by outcome, and a traced call has a span between the caller’s and the node’s', async () => {
  const exporter = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test');
  const calls: string[] = [];
  const seen: string[] = [];
  const node = {
    address: 'a:1',
    query: async (request: QueryRequest) => {
      seen.push(request.context?.traceparent ?? '');
      if (request.countOnly) throw new BraidError('segmentNotFound', 'gone');
      return QueryResponse.fromPartial({});
    },
  } as unknown as Shard;
  const observed = observeShard(node, {
    tracer,
    held: new HeldTraces(undefined, undefined),
    answered: (call, _, outcome) => calls.push(`${call} ${outcome}`),
  });
  const context = CallContext.fromPartial({ traceparent: TRACEPARENT });
  await observed.query(QueryRequest.fromPartial({ context }), never);
  await observed.query(QueryRequest.fromPartial({}), never);
  const failing = observed.query(QueryRequest.fromPartial({ context, countOnly: true }), never);
  await expect(failing).rejects.toMatchObject({ kind: 'segmentNotFound' });

  expect(calls).toEqual(['query success', 'query success', 'query fail']);
  const [first, failed] = exporter.getFinishedSpans();
  expect(first!.name).toBe('node_query');
  expect(first!.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
  expect(seen[0]).toBe(`00-0af7651916cd43dd8448eb211c80319c-${first!.spanContext().spanId}-01`);
  expect(seen[1]).toBe('');
  expect(failed!.status.message).toBe('gone');
});

test('an unsampled call leaves nothing and is told so, unless its caller wants its spans held', async () => {
  await using tracing = openTracing({
    exporter: new InMemorySpanExporter(),
    serviceName: 'braid-reader',
    instanceId: 'node-1',
    sampleRatio: 0,
  });
  const { tracer, held } = tracing;
  const seen: string[] = [];
  const node = {
    address: 'a:1',
    query: async (request: QueryRequest) => {
      seen.push(request.context!.traceparent);
      tagCall(() => ({ guarantee_wait_ms: 3 }));
      return QueryResponse.fromPartial({});
    },
  } as unknown as Shard;
  const observed = observeShard(node, { tracer, held, answered: () => {} });
  const traceparent = TRACEPARENT.replace(/01$/, '00');
  await observed.query(QueryRequest.fromPartial({ context: { traceparent } }), never);
  expect(seen).toEqual(['']);
  expect(held.isEmpty).toBe(true);
  await observed.query(QueryRequest.fromPartial({ context: { traceparent, holdSpans: true } }), never);
  expect(seen[1]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  const traceIds = ['0af7651916cd43dd8448eb211c80319c'];
  const { spansJson } = await observed.spans(SpansRequest.fromPartial({ traceIds }), never);
  expect(spansJson.map((json) => JSON.parse(json))).toMatchObject([
    { name: 'node_query', service: 'braid-reader', nodeId: 'node-1', attributes: { guarantee_wait_ms: 3 }, error: '' },
  ]);
});

test('what a node does not answer is not there either', () => {
  const observed = observeShard({ address: 'a:1' } as unknown as Shard, {
    tracer: trace.getTracer('t'),
    held: new HeldTraces(undefined, undefined),
    answered: () => {},
  });
  expect('insert' in observed).toBe(false);
});
