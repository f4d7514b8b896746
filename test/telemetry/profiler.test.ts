import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { NODE_TAG } from '../../telemetry/held-traces.ts';
import { type SpanRecord, spanRecordOf } from '../../telemetry/span-record.ts';
import { contextFromTraceparent, isHoldWanted, traceparentOf } from '../../telemetry/trace-context.ts';
import { openTracing } from '../../telemetry/tracing.ts';

const open = (instanceId: string) =>
  openTracing({ exporter: undefined, serviceName: 'braid', instanceId, sampleRatio: 0 });

test('a profile has the spans of the nodes that were called, moved between begin and end of the call where their clock is another', async () => {
  await using router = open('router');
  await using node = open('node');
  let callId = '';
  const { profile } = await router.profiler.profile(
    async (context) => {
      expect(isHoldWanted(context)).toBe(true);
      const call = router.tracer.startSpan(
        'search_a:1',
        { attributes: { [NODE_TAG]: 'a:1' }, startTime: 5_000 },
        context,
      );
      callId = call.spanContext().spanId;
      const parent = contextFromTraceparent(traceparentOf(call.spanContext()));
      node.held.hold(trace.getSpanContext(parent)!);
      const served = node.tracer.startSpan('node_search', { startTime: 900_000 }, parent);
      served.end(900_060);
      call.end(5_100);
    },
    async (traceId, nodes) => {
      expect(nodes).toEqual(['a:1']);
      return [node.held.spansOf(traceId).map(recordOf)];
    },
  );
  expect(profile.spans).toMatchObject([
    { name: 'search_a:1', nodeId: 'router', startMs: 0, durationMs: 100 },
    { name: 'node_search', nodeId: 'node', parentId: callId, startMs: 20, durationMs: 60 },
  ]);
});

test('spans of nodes of the same process are there once', async () => {
  await using tracing = open('all');
  const { profile } = await tracing.profiler.profile(
    async (context) => {
      tracing.held.hold(trace.getSpanContext(context)!);
      tracing.tracer.startSpan('search_local', { attributes: { [NODE_TAG]: 'local' } }, context).end();
    },
    async (traceId) => [tracing.held.spansOf(traceId).map(recordOf)],
  );
  expect(profile.spans.map(({ name }) => name)).toEqual(['search_local']);
});

/** As it comes from another process. */
function recordOf(span: Parameters<typeof spanRecordOf>[0]): SpanRecord {
  return JSON.parse(JSON.stringify(spanRecordOf(span))) as SpanRecord;
}
