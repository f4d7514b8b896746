import { type Context, ROOT_CONTEXT, type Span, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { FakeCluster, requestContext, searchInput } from '../fakes/fake-cluster.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

test('a search is traced by these names, and the nodes are told their parent', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  fake = await FakeCluster.open({ tracer: provider.getTracer('test') });
  const { id } = fake.world.addCollection();
  fake.world.publish(id, [
    { id: 2, rows: [testRow(1, 1, 1n)] },
    { id: 3, rows: [testRow(2, 2, 1n)] },
  ]);
  await fake.settle();
  fake.readers[1]!.before = () => {
    throw new BraidError('internal', 'out of luck');
  };
  const parent = provider.getTracer('test').startSpan('client');
  await fake.operations.search(requestContext({ trace: trace.setSpan(ROOT_CONTEXT, parent) }), searchInput(0));
  parent.end();
  const spans = exporter.getFinishedSpans();
  const nameOf = (spanId: string | undefined) => spans.find((span) => span.spanContext().spanId === spanId)?.name;
  const tree = spans.map((span) => `${nameOf(span.parentSpanContext?.spanId) ?? ''} > ${span.name}`).sort();
  expect(tree).toEqual([
    ' > client',
    'client > search',
    'do_search > search_reader0:19540',
    'do_search > search_reader0:19540',
    'do_search > search_reader1:19540',
    'do_search > search_writer:19540',
    'get_routing > timestamp_writer:19540',
    'search > do_merge',
    'search > do_search',
    'search > get_routing',
  ]);
  const failed = spans.find((span) => span.name === 'search_reader1:19540')!;
  expect(failed.status.message).toBe('out of luck');
  const { traceId, spanId } = failed.spanContext();
  expect(fake.readers[1]!.calls[0]!.context!.traceparent).toBe(`00-${traceId}-${spanId}-01`);
});

test('without tracing nodes get no parent', async () => {
  const noop: Tracer = {
    startSpan: (_name: string, _options?: SpanOptions, _context?: Context): Span =>
      trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 }),
    startActiveSpan: () => undefined as never,
  };
  fake = await FakeCluster.open({ tracer: noop });
  fake.world.addCollection();
  await fake.settle();
  await fake.operations.search(requestContext(), searchInput(0));
  expect(fake.writer.calls[0]!.context!.traceparent).toBe('');
});
