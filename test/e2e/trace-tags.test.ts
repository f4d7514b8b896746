import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { FlushRequest, type FlushResponse } from '../../proto/generated/milvus/flush.ts';
import { MilvusServiceService } from '../../proto/generated/milvus/service.ts';
import { Jaeger, type JaegerTrace, missingJaeger } from '../servers/jaeger.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { childrenOf, named, tagsOf } from './jaeger-tree.ts';
import { post, type RestReply } from './rest-client.ts';

const VECTOR = [0.1, 0.2, 0.3, 0.4];
const SECRET = 'hunter2';
const SEARCH = { collectionName: 'tagged', data: [VECTOR], annsField: 'vector', limit: 3 };
const ROWS = Array.from({ length: 100 }, (_, id) => ({ id, year: 1950 + id, vector: VECTOR, second: VECTOR }));

describe.runIf(mayRunWith('Jaeger', missingJaeger()))('tags in a real Jaeger', () => {
  test('of reads, writes, flushes and changes of the catalog, below the trace of the caller, over REST and gRPC', async () => {
    await using jaeger = await Jaeger.start();
    const tracing = { use: 'otlp', with: { endpoint: jaeger.otlpGrpc } };
    await using braid = await DEPLOYMENTS[1]!.start({ tracing, telemetry: { traceSampleRatio: 0 } });
    let calls = 0;
    const traced = async (path: string, body: object): Promise<{ readonly id: string; readonly reply: RestReply }> => {
      const id = (++calls).toString(16).padStart(32, 'a');
      const headers = { traceparent: `00-${id}-b7ad6b7169203331-01`, baggage: `token=${SECRET}`, tracestate: 'v=1' };
      return { id, reply: await post(braid.address, path, body, headers) };
    };
    const done = async (path: string, body: object): Promise<string> => {
      const { id, reply } = await traced(path, body);
      expect(reply.code, reply.message).toBe(0);
      return id;
    };
    /** The trace when all of it has come; the tags of its first call of that kind on a node, and of the client's call. */
    const tags = async (id: string, node: string): Promise<{ trace: JaegerTrace; node: Tags; call: Tags }> => {
      let trace: JaegerTrace | undefined;
      const hasCome = async (): Promise<boolean> => {
        trace = await jaeger.trace(id);
        return trace !== undefined && named(trace, `node_${node}`).length > 0 && isWhole(trace);
      };
      await expect.poll(hasCome, { timeout: 60_000, interval: 300 }).toBe(true);
      return { trace: trace!, node: tagsOf(named(trace!, `node_${node}`)[0]!), call: tagsOf(callOf(trace!)!) };
    };

    const created = await tags(await done('collections/create', COLLECTION), 'catalog');
    const commands = named(created.trace, 'node_catalog').map((span) => tagsOf(span)['command']);
    expect(commands).toEqual(expect.arrayContaining(['createCollection', 'createIndex', 'load']));
    expect(created.call).toMatchObject({ 'db.collection.name': 'tagged', 'db.operation.name': 'collections/create' });

    const inserted = await tags(await done('entities/insert', { collectionName: 'tagged', data: ROWS }), 'insert');
    expect(inserted.node).toMatchObject({ rows: 100, log_ms: expect.any(Number), bytes: expect.any(Number) });

    const flushed = await tags(await flushByGrpc(braid.address), 'flush');
    expect(flushed.node).toMatchObject({ segments: 1 });
    expect(flushed.call['span.kind']).toBe('server');
    expect(callOf(flushed.trace)!.operationName).toBe('milvus.proto.milvus.MilvusService/Flush');

    const upserted = await tags(
      await done('entities/upsert', { collectionName: 'tagged', data: ROWS.slice(0, 2) }),
      'insert',
    );
    expect(upserted.node).toMatchObject({ rows: 2, upsert: true });
    const deleted = await tags(
      await done('entities/delete', { collectionName: 'tagged', filter: 'id == 9' }),
      'delete',
    );
    expect(deleted.node).toMatchObject({ log_ms: expect.any(Number) });

    const search = async () => tags(await done('entities/search', { ...SEARCH, filter: 'year >= 2000' }), 'search');
    let searched = await search();
    const readerOf = () =>
      named(searched.trace, 'node_search')
        .map(tagsOf)
        .find(({ rows }) => rows === 100);
    // Until a reader has loaded the segment the writer answers for it.
    while (!readerOf()) searched = await search();
    expect(searched.call).toMatchObject({ nq: 1, k: 3, 'db.collection.name': 'tagged', filter: 'year >= ?' });
    expect(JSON.stringify(searched.trace)).not.toContain(SECRET);
    const sealed = named(searched.trace, 'search_segment')
      .map(tagsOf)
      .find(({ state }) => state === 'sealed')!;
    expect(sealed).toMatchObject({
      rows: 100,
      allowed: 50,
      selectivity: 0.5,
      method: expect.stringMatching(/list|exact|graph/),
    });
    for (const tag of ['queue_ms', 'run_ms', 'visited']) expect(sealed[tag]).toEqual(expect.any(Number));
    const ofReader = readerOf()!;
    expect(ofReader).toMatchObject({ segments_read: 1, allowed: 50, selectivity: 0.5, nq: 1, k: 3 });
    for (const tag of ['queue_ms', 'run_ms', 'visited']) expect(ofReader[tag]).toEqual(expect.any(Number));
    const hops = searched.trace.spans.filter(({ operationName }) => operationName.startsWith('search_127'));
    expect(hops.map((hop) => tagsOf(hop)['node']).every((node) => /^127\.0\.0\.1:\d+$/.test(String(node)))).toBe(true);

    const query = { collectionName: 'tagged', filter: 'year < 1960', outputFields: ['id'] };
    const queried = await tags(await done('entities/query', query), 'query');
    const rows = named(queried.trace, 'query_segment')
      .map(tagsOf)
      .find(({ state }) => state === 'sealed')!;
    expect(rows).toMatchObject({ rows: 100, method: 'filter', selectivity: expect.any(Number) });

    const searches = [SEARCH, { ...SEARCH, annsField: 'second' }];
    const hybrid = {
      collectionName: 'tagged',
      search: searches,
      rerank: { strategy: 'rrf', params: { k: 60 } },
      limit: 3,
    };
    const both = await tags(await done('entities/hybrid_search', hybrid), 'search');
    expect(named(both.trace, 'do_search')).toHaveLength(2);

    const { id: failedId, reply } = await traced('collections/describe', { collectionName: 'nobody' });
    expect(reply.code).toBe(100);
    await expect.poll(async () => (await jaeger.trace(failedId))?.spans.length, { timeout: 60_000 }).toBeGreaterThan(0);
    const failed = (await jaeger.trace(failedId))!;
    expect(tagsOf(callOf(failed)!)).toMatchObject({
      error: true,
      'error.type': '100',
      'otel.status_description': expect.stringContaining('nobody'),
    });
  }, 300_000);
});

type Tags = Record<string, unknown>;

/** Every process sends its spans when it likes: the client's call is there, and below every call of a node the span of that node. */
function isWhole(trace: JaegerTrace): boolean {
  const calls = trace.spans.filter((span) => tagsOf(span)['node'] !== undefined);
  return callOf(trace) !== undefined && calls.every((call) => childrenOf(trace, call).length > 0);
}

/** The span of the client's call. */
function callOf(trace: JaegerTrace): JaegerTrace['spans'][number] | undefined {
  return trace.spans.find(({ operationName }) => /^POST |MilvusService/.test(operationName));
}

async function flushByGrpc(address: string): Promise<string> {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = MilvusServiceService.flush;
  const id = 'f'.repeat(32);
  const metadata = new Metadata();
  metadata.set('traceparent', `00-${id}-b7ad6b7169203331-01`);
  metadata.set('baggage', `token=${SECRET}`);
  try {
    await new Promise<void>((resolve, reject) => {
      const request = FlushRequest.fromPartial({ collectionNames: ['tagged'] });
      const ended = (error: Error | null, answer?: FlushResponse): void => {
        if (error || answer?.status?.code) reject(error ?? new Error(answer?.status?.reason));
        else resolve();
      };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, ended);
    });
  } finally {
    client.close();
  }
  return id;
}

const COLLECTION = {
  collectionName: 'tagged',
  schema: {
    fields: [
      { fieldName: 'id', dataType: 'Int64', isPrimary: true },
      { fieldName: 'year', dataType: 'Int64' },
      { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: 4 } },
      { fieldName: 'second', dataType: 'FloatVector', elementTypeParams: { dim: 4 } },
    ],
  },
  indexParams: ['vector', 'second'].map((fieldName) => ({ fieldName, metricType: 'L2', indexType: 'HNSW' })),
  params: { consistencyLevel: 'Strong' },
};
