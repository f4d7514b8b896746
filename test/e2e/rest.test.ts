import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';
import { post, type RestReply } from './rest-client.ts';

const DIM = 4;
/** Not a double: parsed as one it ends in 992. */
const BIG = '9007199254740993';
const SMALLEST = '-9223372036854775808';
let collectionNumber = 0;

describe.each(DEPLOYMENTS)('REST, $name', ({ start }) => {
  let braid: Deployment;
  let client: MilvusClient;
  let collectionName: string;

  beforeAll(async () => {
    braid = await start();
    client = await braid.client();
  }, 120_000);

  afterAll(async () => {
    await braid?.[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    collectionName = `rest_${++collectionNumber}`;
  });

  /** A call that must succeed; bodies without a collection get this test's. */
  const call = async (path: string, body: object | string = {}, headers = {}): Promise<RestReply> => {
    const answer = await post(
      braid.address,
      path,
      typeof body === 'string' ? body : { collectionName, ...body },
      headers,
    );
    expect(answer, `${path}: ${answer.message}`).toMatchObject({ status: 200, code: 0 });
    return answer;
  };
  const dataOf = async (path: string, body: object = {}) => (await call(path, body)).data;

  const vectorOf = (i: number): number[] =>
    Array.from({ length: DIM }, (_, d) => Math.fround(Math.sin(i * 0.7 + d * i)));
  const rows = (from: number, to: number): object[] =>
    Array.from({ length: to - from }, (_, i) => ({
      id: from + i,
      vector: vectorOf(from + i),
      color: `c${(from + i) % 3}`,
    }));

  const quick = async (): Promise<void> => {
    await call('collections/create', { dimension: DIM, params: { consistencyLevel: 'Strong' } });
  };

  test('a quick collection from its making to its end', async () => {
    expect(await dataOf('databases/list')).toEqual(['default']);
    expect(await dataOf('collections/has')).toEqual({ has: false });
    await quick();
    expect(await dataOf('collections/has')).toEqual({ has: true });
    expect(await dataOf('collections/list')).toContain(collectionName);
    expect(await dataOf('collections/describe')).toMatchObject({
      collectionName,
      autoId: false,
      enableDynamicField: true,
      shardsNum: 1,
      partitionsNum: 1,
      consistencyLevel: 'Strong',
      load: 'LoadStateLoaded',
      fields: [
        { name: 'id', type: 'Int64', primaryKey: true },
        { name: 'vector', type: 'FloatVector', params: [{ key: 'dim', value: String(DIM) }] },
      ],
      indexes: [{ fieldName: 'vector', indexName: 'vector', metricType: 'COSINE' }],
    });
    expect(await dataOf('collections/get_load_state')).toMatchObject({
      loadState: 'LoadStateLoaded',
      loadProgress: 100,
    });
    expect(await dataOf('collections/get_stats')).toEqual({ rowCount: 0 });
    await call('collections/release');
    expect(await dataOf('collections/get_load_state')).toMatchObject({ loadState: 'LoadStateNotLoad' });
    await call('collections/drop');
    expect(await dataOf('collections/has')).toEqual({ has: false });
    expect(await post(braid.address, 'collections/describe', { collectionName })).toMatchObject({ code: 100 });
  });

  test('rows: insert, upsert, get, query, search, delete', async () => {
    await quick();
    const inserted = await dataOf('entities/insert', { data: rows(0, 150) });
    expect(inserted.insertCount).toBe(150);
    expect(inserted.insertIds).toEqual(Array.from({ length: 150 }, (_, i) => i));
    expect(await dataOf('entities/query', { filter: 'id >= 0' })).toHaveLength(100);
    expect(await dataOf('entities/query', { filter: '', outputFields: ['count(*)'] })).toEqual([{ 'count(*)': 150 }]);
    const upserted = await dataOf('entities/upsert', { data: [{ id: 5, vector: vectorOf(5), color: 'new', size: 7 }] });
    expect(upserted).toEqual({ upsertCount: 1, upsertIds: [5] });
    const [five] = await dataOf('entities/get', { id: 5 });
    expect(five).toMatchObject({ id: 5, color: 'new', size: 7 });
    for (const [d, x] of vectorOf(5).entries()) expect(five.vector[d]).toBeCloseTo(x, 5);
    expect(await dataOf('entities/get', { id: [1, '2', 999], outputFields: ['id'] })).toEqual([{ id: 1 }, { id: 2 }]);

    const both = await call('entities/search', { data: [vectorOf(5), vectorOf(8)], limit: 5, outputFields: ['color'] });
    expect(both.topks).toEqual([5, 5]);
    expect(both.data).toHaveLength(10);
    expect(both.data[0]).toMatchObject({ id: 5, color: 'new' });
    expect(both.data[5]).toMatchObject({ id: 8, color: 'c2' });
    expect(both.data[0].distance).toBeCloseTo(1, 4);
    const filtered = await dataOf('entities/search', { data: [vectorOf(5)], filter: 'color == "c1"', limit: 100 });
    expect(filtered).toHaveLength(50);
    expect(filtered.every(({ id }: { id: number }) => id % 3 === 1)).toBe(true);

    expect(await dataOf('entities/delete', { filter: 'id in [5, 6]' })).toMatchObject({ deleteCount: 2 });
    expect(await dataOf('entities/delete', { filter: 'color == "c1"' })).toMatchObject({ deleteCount: 50 });
    const left = await dataOf('entities/query', { filter: 'id < 10', outputFields: ['id'] });
    expect(left.map(({ id }: { id: number }) => id)).toEqual([0, 2, 3, 8, 9]);
  });

  test('integers beyond 2^53 come back whole, as numbers or as texts', async () => {
    await call('collections/create', {
      schema: {
        fields: [
          { fieldName: 'key', dataType: 'Int64', isPrimary: true },
          { fieldName: 'count', dataType: 'Int64' },
          { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: String(DIM) } },
        ],
      },
      indexParams: [{ fieldName: 'vector', metricType: 'L2', indexName: 'v' }],
      params: { consistencyLevel: 'Strong' },
    });
    const vector = JSON.stringify(vectorOf(1));
    const body = `{"collectionName":"${collectionName}","data":[{"key":${BIG},"count":"${SMALLEST}","vector":${vector}}]}`;
    const asText = { 'Accept-Type-Allow-Int64': 'false' };
    const asNumber = { 'Accept-Type-Allow-Int64': 'true' };
    expect((await call('entities/insert', body)).text).toContain(`"insertIds":[${BIG}]`);
    expect((await call('entities/upsert', body, asText)).data.upsertIds).toEqual([BIG]);
    for (const [path, read] of [
      ['entities/query', { filter: `key == ${BIG}`, outputFields: ['key', 'count'] }],
      ['entities/get', { id: BIG, outputFields: ['key', 'count'] }],
      ['entities/search', { data: [vectorOf(1)], limit: 1, outputFields: ['key', 'count'] }],
    ] as const) {
      expect((await call(path, read, asText)).data, path).toMatchObject([{ key: BIG, count: SMALLEST }]);
      for (const headers of [asNumber, {}]) {
        const { text } = await call(path, read, headers);
        expect(text).toContain(`"key":${BIG}`);
        expect(text).toContain(`"count":${SMALLEST}`);
      }
    }
    const next = String(BigInt(BIG) - 1n);
    expect(await dataOf('entities/query', { filter: `key == ${next}` })).toEqual([]);
  });

  test('partitions', async () => {
    await quick();
    const partitionName = 'attic';
    await call('partitions/create', { partitionName });
    expect(await dataOf('partitions/list')).toEqual(['_default', 'attic']);
    expect(await dataOf('partitions/has', { partitionName })).toEqual({ has: true });
    expect(await dataOf('partitions/has', { partitionName: 'cellar' })).toEqual({ has: false });
    await call('entities/insert', { partitionName, data: rows(0, 10) });
    await call('entities/insert', { data: rows(10, 15) });
    expect(await dataOf('partitions/get_stats', { partitionName })).toEqual({ rowCount: 10 });
    const search = { data: [vectorOf(12)], limit: 100 };
    expect(await dataOf('entities/search', { ...search, partitionNames: [partitionName] })).toHaveLength(10);
    expect(await dataOf('entities/search', search)).toHaveLength(15);
    await call('partitions/release', { partitionNames: [partitionName] });
    const refused = { collectionName, ...search, partitionNames: [partitionName] };
    expect((await post(braid.address, 'entities/search', refused)).code).toBe(201);
    await call('partitions/drop', { partitionName });
    expect(await dataOf('partitions/list')).toEqual(['_default']);
    expect(await dataOf('entities/query', { filter: '', outputFields: ['count(*)'] })).toEqual([{ 'count(*)': 5 }]);
  });

  test('a schema, then its index, then its loading', async () => {
    const field = (fieldName: string, dataType: string, more = {}): object => ({ fieldName, dataType, ...more });
    await call('collections/create', {
      schema: {
        enableDynamicField: false,
        fields: [
          field('code', 'VarChar', { isPrimary: true, elementTypeParams: { max_length: 20 } }),
          field('level', 'Int16', { defaultValue: 3 }),
          field('facts', 'JSON', { nullable: true }),
          field('note', 'VarChar', { nullable: true, elementTypeParams: { max_length: 20 } }),
          field('vector', 'FloatVector', { elementTypeParams: { dim: DIM } }),
        ],
      },
      params: { consistencyLevel: 'Strong' },
    });
    expect(await dataOf('collections/describe')).toMatchObject({ load: 'LoadStateNotLoad', indexes: [] });
    expect(await dataOf('indexes/list')).toEqual([]);
    expect((await post(braid.address, 'collections/load', { collectionName })).code).toBe(700);
    const params = { index_type: 'HNSW', M: 8, efConstruction: 64 };
    await call('indexes/create', {
      indexParams: [{ fieldName: 'vector', indexName: 'near', metricType: 'L2', params }],
    });
    expect(await dataOf('indexes/list')).toEqual(['near']);
    expect(await dataOf('indexes/describe', { indexName: 'near' })).toMatchObject([
      { indexName: 'near', fieldName: 'vector', indexType: 'HNSW', metricType: 'L2', indexState: 'Finished' },
    ]);
    await call('collections/load');
    const row = { code: 'a', level: 7, facts: { deep: [1, { x: 'y' }] }, note: 'hm', vector: vectorOf(1) };
    await call('entities/insert', { data: [row, { code: 'b', facts: null, vector: vectorOf(2) }] });
    const [a, b] = await dataOf('entities/query', { filter: 'code in ["a", "b"]' });
    expect(a).toMatchObject({ code: 'a', level: 7 });
    expect(typeof a.facts === 'string' ? JSON.parse(a.facts) : a.facts).toEqual(row.facts);
    expect(b).toMatchObject({ code: 'b', level: 3, facts: null, note: null });
    const hits = await dataOf('entities/search', { data: [vectorOf(2)], limit: 1, filter: 'level == 7' });
    expect(hits).toMatchObject([{ code: 'a', id: 'a' }]);
    expect((await post(braid.address, 'indexes/drop', { collectionName, indexName: 'near' })).code).not.toBe(0);
    await call('collections/release');
    await call('indexes/drop', { indexName: 'near' });
    expect(await dataOf('indexes/list')).toEqual([]);
  });

  test('aliases and a new name', async () => {
    await quick();
    await call('entities/insert', { data: rows(0, 3) });
    const aliasName = `alias_of_${collectionName}`;
    await call('aliases/create', { aliasName });
    expect(await dataOf('aliases/list')).toEqual([aliasName]);
    expect(await dataOf('aliases/describe', { aliasName })).toEqual({ aliasName, collectionName, dbName: 'default' });
    expect(await dataOf('entities/get', { collectionName: aliasName, id: 2, outputFields: ['id'] })).toEqual([
      { id: 2 },
    ]);
    const newCollectionName = `${collectionName}_new`;
    await call('collections/rename', { newCollectionName });
    expect(await dataOf('collections/has')).toEqual({ has: false });
    expect(await dataOf('entities/get', { collectionName: newCollectionName, id: 2 })).toHaveLength(1);
    expect((await dataOf('aliases/describe', { aliasName })).collectionName).toBe(newCollectionName);
    expect((await post(braid.address, 'collections/drop', { collectionName: newCollectionName })).code).not.toBe(0);
    await call('aliases/drop', { aliasName });
    await call('collections/drop', { collectionName: newCollectionName });
    expect((await post(braid.address, 'aliases/describe', { aliasName })).code).toBe(1600);
  });

  test('REST and gRPC see the same collections, rows and databases', async () => {
    await quick();
    await client.insert({ collection_name: collectionName, data: rows(0, 5) as never });
    expect(await dataOf('entities/query', { filter: 'id == 3', outputFields: ['color'] })).toMatchObject([
      { color: 'c0' },
    ]);
    await call('entities/insert', { data: rows(5, 7) });
    const read = await client.query({
      collection_name: collectionName,
      filter: 'id >= 0',
      output_fields: ['id', '$meta'],
    });
    expect(read.data.map((row) => [row['id'], row['$meta']])).toContainEqual(['6', { color: 'c0' }]);
    expect(read.data).toHaveLength(7);
    const dbName = `db_${collectionName}`;
    await call('databases/create', { dbName });
    expect((await client.listDatabases()).db_names).toContain(dbName);
    await call('collections/create', { dbName, dimension: DIM });
    const shown = await client.showCollections({ db_name: dbName });
    expect(shown.data.map(({ name }) => name)).toEqual([collectionName]);
    expect((await call('collections/list', {}, { 'DB-Name': dbName })).data).toEqual([collectionName]);
    expect((await post(braid.address, 'databases/drop', { dbName })).code).not.toBe(0);
    await client.dropCollection({ collection_name: collectionName, db_name: dbName });
    await call('databases/drop', { dbName });
    expect(await dataOf('databases/list')).not.toContain(dbName);
    expect(await dataOf('collections/has')).toEqual({ has: true });
  });
});
