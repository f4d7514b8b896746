import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { Jaeger, type JaegerTrace, missingJaeger } from '../servers/jaeger.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { childrenOf, named, tagsOf } from './jaeger-tree.ts';

const DIM = 8;
const COLLECTION = 'traced';
const SEGMENTS = 6;

describe.runIf(mayRunWith('Jaeger', missingJaeger()))('a search in a real Jaeger', () => {
  test('from a cluster: the tree of the design, over process borders', async () => {
    await using jaeger = await Jaeger.start();
    const tracing = { use: 'otlp', with: { protocol: 'grpc', endpoint: jaeger.otlpGrpc } };
    await using braid = await DEPLOYMENTS[1]!.start({ tracing, writer: { compactionEnabled: false } });
    const client = await braid.client();
    await createCollection(client);
    for (let batch = 0; batch < SEGMENTS; batch++) {
      await client.insert({ collection_name: COLLECTION, data: rows(batch * 100, 100) });
      await client.flushSync({ collection_names: [COLLECTION] });
    }
    const found: { trace?: JaegerTrace | undefined } = {};
    const hasTree = async (): Promise<boolean> => {
      await search(client);
      const traces = await jaeger.traces('braid-router', 'search');
      found.trace = traces.find((trace) => named(trace, 'search_segment').length >= SEGMENTS && hasArrived(trace));
      return found.trace !== undefined;
    };
    await expect.poll(hasTree, { timeout: 60_000, interval: 1_000 }).toBe(true);
    const trace = found.trace!;
    const [served] = named(trace, 'milvus.proto.milvus.MilvusService/Search');
    expect(tagsOf(served!)).toMatchObject({
      'span.kind': 'server',
      'db.collection.name': COLLECTION,
      nq: 1,
      k: 5,
      segments: SEGMENTS,
    });
    const [root] = named(trace, 'search');
    expect(childrenOf(trace, root!)).toEqual(expect.arrayContaining(['get_routing', 'do_search', 'do_merge']));
    const calls = childrenOf(trace, named(trace, 'do_search')[0]!);
    expect(calls.length).toBeGreaterThanOrEqual(2);
    for (const call of calls) expect(call).toMatch(/^search_127\.0\.0\.1:\d+$/);
    expect(named(trace, 'node_search')).toHaveLength(calls.length);
    for (const span of named(trace, 'search_segment')) {
      expect(span.tags.map((tag) => tag.key)).toEqual(expect.arrayContaining(['segment', 'rows', 'method']));
    }
  }, 180_000);

  test('REST: the trace of the caller goes on, failures are marked, and are sent though sampling left them out', async () => {
    await using jaeger = await Jaeger.start();
    const tracing = { use: 'otlp', with: { protocol: 'grpc', endpoint: jaeger.otlpGrpc } };
    const telemetry = { traceSampleRatio: 0, traceErrors: true };
    await using braid = await DEPLOYMENTS[0]!.start({ tracing, telemetry });
    await createCollection(await braid.client());
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const post = (path: string, collectionName: string, traceparent?: string) =>
      fetch(`http://${braid.address}/v2/vectordb/${path}`, {
        method: 'POST',
        headers: { ...(traceparent && { traceparent }), baggage: 'token=hunter2' },
        body: JSON.stringify({ collectionName, data: [new Array(DIM).fill(0.5)], limit: 5 }),
      });
    await post('entities/search', COLLECTION, `00-${traceId}-b7ad6b7169203331-01`);
    await post('entities/search', COLLECTION);
    await post('collections/describe', 'nobody');
    const found = async (name: string): Promise<readonly JaegerTrace[]> =>
      (await jaeger.traces('braid-all', `POST /v2/vectordb/${name}`)) ?? [];
    const both = async () => (await found('entities/search')).length + (await found('collections/describe')).length;
    await expect.poll(both, { timeout: 60_000, interval: 500 }).toBe(2);
    const [searched] = await found('entities/search');
    expect(searched!.traceID).toBe(traceId);
    expect(tagsOf(named(searched!, 'POST /v2/vectordb/entities/search')[0]!)).toMatchObject({ nq: 1, k: 5 });
    expect(named(searched!, 'search_segment').length + named(searched!, 'node_search').length).toBeGreaterThan(0);
    expect(JSON.stringify(searched)).not.toContain('hunter2');
    const [failed] = (await found('collections/describe'))[0]!.spans;
    expect(tagsOf(failed!)).toMatchObject({ error: true, 'error.type': '100', 'db.collection.name': 'nobody' });
  }, 120_000);

  test.each([
    ['otlp over HTTP', (jaeger: Jaeger) => ({ use: 'otlp', with: { protocol: 'http', endpoint: jaeger.otlpHttp } })],
    ['jaeger', (jaeger: Jaeger) => ({ use: 'jaeger', with: { endpoint: jaeger.thrift } })],
  ])(
    'exported by %s from one process',
    async (_, tracing) => {
      await using jaeger = await Jaeger.start();
      await using braid = await DEPLOYMENTS[0]!.start({ tracing: tracing(jaeger) });
      const client = await braid.client();
      await createCollection(client);
      await client.insert({ collection_name: COLLECTION, data: rows(0, 100) });
      const names = async (): Promise<string[]> => {
        await search(client);
        const [trace] = await jaeger.traces('braid-all', 'search');
        return trace?.spans.map((span) => span.operationName) ?? [];
      };
      await expect
        .poll(names, { timeout: 60_000, interval: 1_000 })
        .toEqual(expect.arrayContaining(['search', 'get_routing', 'do_search', 'do_merge', 'search_segment']));
    },
    120_000,
  );
});

async function createCollection(client: MilvusClient): Promise<void> {
  await client.createCollection({
    collection_name: COLLECTION,
    consistency_level: 'Strong',
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    ],
    index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
  });
  await client.loadCollectionSync({ collection_name: COLLECTION });
}

function rows(from: number, count: number): { id: number; vector: number[] }[] {
  return Array.from({ length: count }, (_, i) => ({
    id: from + i,
    vector: Array.from({ length: DIM }, (_, d) => Math.sin(from + i + d)),
  }));
}

async function search(client: MilvusClient): Promise<void> {
  const answer = await client.search({ collection_name: COLLECTION, data: new Array(DIM).fill(0.5), limit: 5 });
  expect(answer.status.error_code, answer.status.reason).toBe('Success');
}

/** Each process sends its spans when it likes: the tree is whole when every call of the router has the span of the node that answered it. */
function hasArrived(trace: JaegerTrace): boolean {
  const [scatter] = named(trace, 'do_search');
  if (!scatter || named(trace, 'search').length === 0) return false;
  return childrenOf(trace, scatter).length === named(trace, 'node_search').length;
}
