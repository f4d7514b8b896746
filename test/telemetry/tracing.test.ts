import { isSpanContextValid, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { expect, test } from 'vitest';
import { contextFromTraceparent, traceparentOf } from '../../telemetry/trace-context.ts';
import { markFailed, openTracing } from '../../telemetry/tracing.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

/** Keeps spans after its end, unlike the original. */
class KeepingExporter extends InMemorySpanExporter {
  override async shutdown(): Promise<void> {}
}

const open = (exporter: KeepingExporter, sampleRatio = 1) =>
  openTracing({ exporter, serviceName: 'braid', instanceId: 'node-1', sampleRatio });

test('spans that wait are sent before the end, with the name of the service', async () => {
  const exporter = new KeepingExporter();
  {
    await using tracing = open(exporter);
    const parent = tracing.tracer.startSpan('search', undefined, ROOT_CONTEXT);
    tracing.tracer.startSpan('do_merge', undefined, trace.setSpan(ROOT_CONTEXT, parent)).end();
    parent.end();
  }
  const [child, parent] = exporter.getFinishedSpans();
  expect([child!.name, parent!.name]).toEqual(['do_merge', 'search']);
  expect(child!.parentSpanContext?.spanId).toBe(parent!.spanContext().spanId);
  expect(parent!.resource.attributes).toMatchObject({ 'service.name': 'braid', 'service.instance.id': 'node-1' });
});

test('a failure is kept with its message', async () => {
  const exporter = new KeepingExporter();
  {
    await using tracing = open(exporter);
    const span = tracing.tracer.startSpan('search');
    markFailed(span, new Error('no replica left'));
    span.end();
  }
  expect(exporter.getFinishedSpans()[0]).toMatchObject({ status: { code: 2, message: 'no replica left' } });
});

test("traces begun here are sampled, a caller's decision is followed", async () => {
  const exporter = new KeepingExporter();
  {
    await using tracing = open(exporter, 0);
    tracing.tracer.startSpan('own', undefined, ROOT_CONTEXT).end();
    for (const flags of ['00', '01']) {
      const parent = contextFromTraceparent(`00-${TRACE_ID}-${SPAN_ID}-${flags}`);
      tracing.tracer.startSpan(`called ${flags}`, undefined, parent).end();
    }
  }
  expect(exporter.getFinishedSpans().map((span) => [span.name, span.spanContext().traceId])).toEqual([
    ['called 01', TRACE_ID],
  ]);
});

test('a traceparent comes back as it was', () => {
  for (const flags of ['00', '01']) {
    const traceparent = `00-${TRACE_ID}-${SPAN_ID}-${flags}`;
    const span = trace.getSpanContext(contextFromTraceparent(traceparent))!;
    expect(span).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true } satisfies Partial<SpanContext>);
    expect(traceparentOf(span)).toBe(traceparent);
  }
});

test.each([
  '',
  'x',
  `00-${TRACE_ID}-${SPAN_ID}`,
  `ff-${TRACE_ID}-${SPAN_ID}-01`,
  `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`,
  `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
])('%j belongs to no trace', (traceparent) => {
  const span = trace.getSpanContext(contextFromTraceparent(traceparent));
  expect(span === undefined || !isSpanContextValid(span)).toBe(true);
});
