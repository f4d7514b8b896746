import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';
import { DIM, LOADED, UNLOADED, vectorOf } from './error-case.ts';
import { ERROR_CASES } from './error-cases.ts';
import { post } from './rest-client.ts';

/** A good request after a bad one; on an idle machine it takes a few milliseconds. */
const AT_ONCE_MS = 2_000;
const ROWS = Array.from({ length: 20 }, (_, i) => ({ id: i, label: `label ${i}`, vector: vectorOf(i) }));

const FIELDS = [
  { name: 'id', data_type: DataType.Int64, is_primary_key: true },
  { name: 'label', data_type: DataType.VarChar, max_length: 32 },
  { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
];

describe.each(DEPLOYMENTS)('errors, $name', ({ start }) => {
  let braid: Deployment;
  let client: MilvusClient;

  beforeAll(async () => {
    braid = await start();
    client = await braid.client();
    for (const collection_name of [LOADED, UNLOADED]) {
      const created = await client.createCollection({ collection_name, consistency_level: 'Strong', fields: FIELDS });
      expect(created.error_code, created.reason).toBe('Success');
    }
    await client.createIndex({
      collection_name: LOADED,
      field_name: 'vector',
      index_type: 'HNSW',
      metric_type: 'L2',
      params: { M: 8, efConstruction: 64 },
    });
    await client.loadCollectionSync({ collection_name: LOADED });
    const inserted = await client.insert({ collection_name: LOADED, data: ROWS });
    expect(inserted.status.error_code, inserted.status.reason).toBe('Success');
  }, 120_000);

  afterAll(async () => {
    await braid?.[Symbol.asyncDispose]();
  });

  /** Whatever went wrong, the next good request is answered, at once, and no row has come or gone. */
  afterEach(async () => {
    const startedMs = performance.now();
    const hits = await client.search({ collection_name: LOADED, data: vectorOf(7), limit: 20, output_fields: ['id'] });
    expect(performance.now() - startedMs).toBeLessThan(AT_ONCE_MS);
    expect(hits.status.error_code, hits.status.reason).toBe('Success');
    expect(hits.results).toHaveLength(20);
    expect(hits.results[0]!['id']).toBe('7');
  });

  const throughSdk = ERROR_CASES.filter(({ sdk }) => sdk !== undefined);
  const throughRest = ERROR_CASES.filter(({ rest }) => rest !== undefined);

  test.each(throughSdk)('SDK, $name', async ({ sdk, code, legacy, message }) => {
    const answer = await sdk!(client);
    const status = 'status' in answer ? answer.status : answer;
    expect(status).toMatchObject({ code, error_code: legacy, reason: expect.stringMatching(message) });
  });

  test.each(throughRest)('REST, $name', async ({ rest, code, restCode, message, restMessage }) => {
    const [path, body] = rest!;
    const answer = await post(braid.address, path, body);
    expect(answer).toMatchObject({
      status: 200,
      code: restCode ?? code,
      message: expect.stringMatching(restMessage ?? message),
      data: undefined,
    });
  });

  test('REST: bad JSON, a missing parameter, a path that does not exist', async () => {
    expect(await post(braid.address, 'entities/query', '{"collectionName": ')).toMatchObject({
      status: 200,
      code: 1801,
    });
    const missing = await post(braid.address, 'collections/describe', {});
    expect(missing).toMatchObject({ status: 200, code: 1802, message: expect.stringContaining('collectionName') });
    expect((await post(braid.address, 'collections/levitate', {})).status).toBe(404);
  });

  test('many bad requests at a time do not disturb good ones', async () => {
    const bad = Array.from({ length: 50 }, (_, i) =>
      client.search({ collection_name: LOADED, data: vectorOf(i), limit: 3, filter: `id > > ${i}` }),
    );
    const good = Array.from({ length: 20 }, (_, i) =>
      client.search({ collection_name: LOADED, data: vectorOf(i), limit: 1, output_fields: ['id'] }),
    );
    for (const answer of await Promise.all(bad)) expect(answer.status.code).toBe(1100);
    const found = await Promise.all(good);
    expect(found.map(({ results }) => Number(results[0]!['id']))).toEqual(ROWS.map(({ id }) => id));
  });
});
