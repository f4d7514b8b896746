import { DataType } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { Jaeger, type JaegerSpan, type JaegerTrace, missingJaeger } from '../servers/jaeger.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS } from './deployments.ts';

const DIM = 8;

describe.runIf(mayRunWith('Jaeger', missingJaeger()))('a search in a real Jaeger', () => {
  describe.each([
    ['otlp over gRPC', (jaeger: Jaeger) => ({ use: 'otlp', with: { protocol: 'grpc', endpoint: jaeger.otlpGrpc } })],
    ['otlp over HTTP', (jaeger: Jaeger) => ({ use: 'otlp', with: { protocol: 'http', endpoint: jaeger.otlpHttp } })],
    ['jaeger', (jaeger: Jaeger) => ({ use: 'jaeger', with: { endpoint: jaeger.thrift } })],
  ])('exported by %s', (_, tracing) => {
    test('from a cluster: the tree of the design, over process borders', async () => {
      await using jaeger = await Jaeger.start();
      await using braid = await DEPLOYMENTS[1]!.start({ tracing: tracing(jaeger), writer: { segmentRowsMax: 100 } });
      const client = await braid.client();
      await client.createCollection({
        collection_name: 'traced',
        consistency_level: 'Strong',
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
        ],
        index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
      });
      await client.loadCollectionSync({ collection_name: 'traced' });
      for (let batch = 0; batch < 6; batch++) {
        const data = Array.from({ length: 100 }, (_, i) => ({
          id: batch * 100 + i,
          vector: Array.from({ length: DIM }, (_, d) => Math.sin(i + d)),
        }));
        await client.insert({ collection_name: 'traced', data });
        await client.flushSync({ collection_names: ['traced'] });
      }
      const search = async (): Promise<JaegerTrace | undefined> => {
        const answer = await client.search({ collection_name: 'traced', data: new Array(DIM).fill(0.5), limit: 5 });
        expect(answer.status.error_code, answer.status.reason).toBe('Success');
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const traces = await jaeger.traces('braid-router', 'search');
        return traces.find(
          (trace) =>
            nodesCalled(trace).length >= 3 && trace.spans.some((span) => span.operationName === 'search_segment'),
        );
      };
      const found: { trace?: JaegerTrace } = {};
      await expect
        .poll(async () => (found.trace = (await search()) ?? found.trace!), { timeout: 60_000 })
        .toBeDefined();
      const { trace } = found;
      const root = trace!.spans.find((span) => span.operationName === 'search')!;
      expect(childrenOf(trace!, root)).toEqual(expect.arrayContaining(['get_routing', 'do_search', 'do_merge']));
      const doSearch = trace!.spans.find((span) => span.operationName === 'do_search')!;
      expect(childrenOf(trace!, doSearch).every((name) => /^search_(127\.0\.0\.1|local).*/.test(name))).toBe(true);
      const segmentSpans = trace!.spans.filter((span) => span.operationName === 'search_segment');
      expect(segmentSpans.length).toBeGreaterThanOrEqual(6);
      for (const span of segmentSpans)
        expect(span.tags.map((tag) => tag.key)).toEqual(expect.arrayContaining(['segment', 'rows']));
    }, 180_000);
  });
});

function nodesCalled(trace: JaegerTrace): readonly JaegerSpan[] {
  return trace.spans.filter((span) => span.operationName.startsWith('search_127.0.0.1'));
}

function childrenOf(trace: JaegerTrace, parent: JaegerSpan): string[] {
  return trace.spans
    .filter((span) => span.references.some((reference) => reference.spanID === parent.spanID))
    .map((span) => span.operationName);
}
