import { HttpClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BraidError } from '../../../../core/errors.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import { UNSUPPORTED_PATHS } from '../../../../router/api/rest/unsupported-paths.ts';
import type { MutationOutput } from '../../../../router/operations/mutations/mutation-output.ts';
import { type ApiFixture, openApi } from '../api-fixture.ts';
import { CREATED, description, field, only } from '../fake-operations.ts';

const FIELDS = [
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'vector', DataType.FloatVector, { dimension: 2, typeParams: { dim: '2' } }),
];
const DOCS = description('docs', FIELDS, true);

let api: ApiFixture;

beforeAll(async () => {
  const written = async (_context: unknown, { rowCount }: { rowCount: number }): Promise<MutationOutput> => ({
    keys: BigInt64Array.from({ length: rowCount }, (_, i) => (1n << 62n) + BigInt(i)),
    rowCount,
    timestamp: CREATED,
  });
  api = await openApi({
    describeCollection: only(DOCS),
    loadState: async () => ({ state: 3, progress: 100 }),
    describeIndex: async () => {
      throw new BraidError('indexNotFound', 'index not found[collection=docs]');
    },
    insert: written,
    upsert: written,
    deleteRows: async () => ({ keys: BigInt64Array.of(1n), rowCount: 1, timestamp: CREATED }),
    search: async () => ({
      collectionName: 'docs',
      primaryField: FIELDS[0]!,
      queryCount: 2,
      topK: 2,
      counts: Uint32Array.of(2, 1),
      scores: Float32Array.of(0.1, 0.2, 0.3),
      keys: BigInt64Array.of(1n, 2n, 1n << 62n),
      columns: [
        {
          name: 'vector',
          field: FIELDS[1]!,
          column: {
            kind: 'vector',
            dataType: DataType.FloatVector,
            rowCount: 3,
            dimension: 2,
            rowBytes: 8,
            data: new Uint8Array(Float32Array.of(0.1, 1, 2, 3, 4, 5).buffer),
            valid: undefined,
          },
        },
      ],
      outputFields: ['vector'],
      sessionTimestamp: CREATED,
      searchedRowCount: 3,
      groupValues: undefined,
      iteration: undefined,
    }),
  });
});

afterAll(async () => {
  await api.server.close();
});

describe('what comes in', () => {
  test('a body is JSON whatever its content type says; none is an empty object', async () => {
    for (const type of ['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'nonsense']) {
      const { body } = await api.post('databases/drop', { dbName: 'x' }, { 'content-type': type });
      expect(body).toEqual({ code: 0, data: {} });
    }
    api.fake.answer('listDatabases', async () => ({ databases: [] }));
    const bare = await fetch(`http://${api.address}/v2/vectordb/databases/list`, { method: 'POST' });
    expect(await bare.json()).toEqual({ code: 0, data: [] });
  });

  test.each([
    ['no JSON', '{"collectionName":', 1801, 'bad JSON'],
    ['a list', '[]', 1801, 'the body must be object'],
    ['null', 'null', 1801, 'the body must be object'],
    ['nothing', '', 1802, 'missing required parameters: collectionName'],
    ['an empty name', '{"collectionName":""}', 1802, 'missing required parameters: collectionName is empty'],
    ['a null name', '{"collectionName":null}', 1802, 'missing required parameters: collectionName'],
    ['a number as a name', '{"collectionName":1}', 1801, 'collectionName must be string'],
    ['a list of numbers', '{"collectionName":"docs","outputFields":[1]}', 1801, 'outputFields.0 must be string'],
  ])('%s: code %s', async (_name, text, code, message) => {
    const { status, body } = await api.post('entities/query', text);
    expect(status).toBe(200);
    expect(body).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('unknown paths and other methods are 404', async () => {
    for (const [method, path] of [
      ['POST', 'v2/vectordb/collections/nonsense'],
      ['POST', 'v1/vector/query'],
      ['GET', 'v2/vectordb/collections/list'],
      ['GET', ''],
    ] as const) {
      const response = await fetch(`http://${api.address}/${path}`, { method });
      expect([response.status, response.statusText]).toEqual([404, 'Not Found']);
      expect(await response.json()).toMatchObject({ code: 404 });
    }
  });

  test.each(UNSUPPORTED_PATHS)('%s is not supported, and says so', async (path) => {
    const { status, body } = await api.post(path.replace('*', 'list'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ code: 3000, message: expect.stringContaining('not supported by this server') });
  });

  test('the body’s database wins over the header’s', async () => {
    await api.post('collections/drop', { collectionName: 'docs' }, { 'DB-Name': 'one' });
    expect(api.fake.last('dropCollection').context.database).toBe('one');
    await api.post('collections/drop', { collectionName: 'docs', dbName: 'two' }, { 'DB-Name': 'one' });
    expect(api.fake.last('dropCollection').context.database).toBe('two');
  });

  test('errors of operations are HTTP 200 with their code', async () => {
    expect(await api.post('collections/describe', { collectionName: 'nothing' })).toEqual({
      status: 200,
      body: { code: 100, message: "can't find collection[database=default][collection=nothing]" },
    });
  });

  test('keys that mean something in JavaScript are keys like any other', async () => {
    const row = '{"id":1,"vector":[1,2],"__proto__":{"x":1},"constructor":2,"hasOwnProperty":3}';
    const { body } = await api.post(
      'entities/insert',
      `{"collectionName":"docs","data":[${row}],"__proto__":{"data":1}}`,
    );
    expect(body.code).toBe(0);
    const dynamic = api.fake.last('insert').input.columns.at(-1)!;
    if (dynamic.column.kind !== 'bytes') throw new Error('no texts');
    expect(Buffer.from(dynamic.column.bytes).toString()).toBe(
      '{"__proto__":{"x":1},"constructor":2,"hasOwnProperty":3}',
    );
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe('entities', () => {
  test('keys of 64 bits are exact in both directions', async () => {
    const data =
      '[{"id":9007199254740993,"vector":[1,2],"big":12345678901234567890},{"id":"-9223372036854775808","vector":[3,4]}]';
    const asNumbers = await fetch(`http://${api.address}/v2/vectordb/entities/insert`, {
      method: 'POST',
      body: `{"collectionName":"docs","data":${data}}`,
    });
    expect(await asNumbers.text()).toBe(
      '{"code":0,"data":{"insertCount":2,"insertIds":[4611686018427387904,4611686018427387905]}}',
    );
    const { input } = api.fake.last('insert');
    expect(input).toMatchObject({ collection: 'docs', rowCount: 2, schemaTimestamp: CREATED + 1n });
    expect(input.columns.map(({ name }) => name)).toEqual(['id', 'vector', '$meta']);
    expect(input.columns[0]!.column).toMatchObject({ values: BigInt64Array.of(9007199254740993n, -(1n << 63n)) });
    expect(Buffer.from((input.columns[2]!.column as { bytes: Uint8Array }).bytes).toString()).toBe(
      '{"big":12345678901234567890}{}',
    );
    const asTexts = await api.post(
      'entities/upsert',
      { collectionName: 'docs', data: { id: 1, vector: [1, 2] } },
      { 'Accept-Type-Allow-Int64': 'false' },
    );
    expect(asTexts.body.data).toEqual({ upsertCount: 1, upsertIds: ['4611686018427387904'] });
  });

  test('a search answers with flat hits and says how many belong to each query', async () => {
    const { body } = await api.post('entities/search', {
      collectionName: 'docs',
      data: [
        [0.1, 0.2],
        [0.3, 0.4],
      ],
      limit: 2,
      offset: 1,
      filter: 'id > {least}',
      exprParams: { least: 5 },
      outputFields: ['vector'],
      consistencyLevel: 'Strong',
      groupingField: 'color',
      searchParams: { metricType: 'COSINE', params: { ef: 10 }, radius: 0.5 },
    });
    expect(body).toEqual({
      code: 0,
      data: [
        { vector: [0.1, 1], distance: 0.1, id: 1 },
        { vector: [2, 3], distance: 0.2, id: 2 },
        { vector: [4, 5], distance: 0.3, id: Number(1n << 62n) },
      ],
      topks: [2, 1],
    });
    const { input } = api.fake.last('search');
    expect(input).toMatchObject({
      collection: 'docs',
      filter: 'id > {least}',
      templates: new Map([['least', 5n]]),
      consistency: { useDefault: false, level: 0 },
      outputFields: ['vector'],
      unsupported: [],
    });
    expect(Object.fromEntries(input.parameters)).toEqual({
      anns_field: '',
      topk: '2',
      offset: '1',
      metric_type: 'COSINE',
      params: '{"radius":0.5,"ef":10}',
      group_by_field: 'color',
    });
    expect(input.queries).toEqual({
      kind: 'vectors',
      dataType: DataType.FloatVector,
      data: new Uint8Array(Float32Array.of(0.1, 0.2, 0.3, 0.4).buffer),
      queryCount: 2,
    });
  });

  test('a search that makes no sense says why', async () => {
    const search = (more: object) => api.post('entities/search', { collectionName: 'docs', ...more });
    expect((await search({})).body).toMatchObject({ code: 1802, message: 'missing required parameters: data' });
    expect((await search({ data: [[1, 2, 3]] })).body).toMatchObject({
      code: 1100,
      message: expect.stringContaining('the vector has 3 elements, expected 2'),
    });
    expect((await search({ data: [['a', 'b']] })).body).toMatchObject({ code: 1804 });
    expect((await search({ data: [null] })).body).toMatchObject({ code: 1804 });
    expect((await search({ data: [[1, 2]], annsField: 'id' })).body).toMatchObject({ code: 1100 });
    expect((await search({ data: [[1, 2]], consistencyLevel: 'Weak' })).body).toMatchObject({ code: 1100 });
  });

  test('get asks for keys, query for everything by default', async () => {
    api.fake.answer('query', async () => ({
      collectionName: 'docs',
      primaryField: FIELDS[0]!,
      rowCount: 0,
      count: 7,
      columns: [],
      outputFields: [],
      sessionTimestamp: CREATED,
    }));
    await api.post('entities/get', { collectionName: 'docs', id: ['1', 2], outputFields: ['vector'] });
    expect(api.fake.last('query').input).toMatchObject({
      keys: BigInt64Array.of(1n, 2n),
      filter: '',
      outputFields: ['vector'],
    });
    await api.post('entities/query', { collectionName: 'docs', filter: 'id > 0' });
    const { input } = api.fake.last('query');
    expect(input).toMatchObject({ keys: undefined, outputFields: ['*'], consistency: { useDefault: true } });
    expect(Object.fromEntries(input.parameters)).toEqual({ limit: '100' });
    const counted = await api.post('entities/query', { collectionName: 'docs', outputFields: ['count(*)'] });
    expect(counted.body.data).toEqual([{ 'count(*)': 7 }]);
    expect(api.fake.last('query').input.parameters.size).toBe(0);
  });

  test('deletes need a filter', async () => {
    expect((await api.post('entities/delete', { collectionName: 'docs' })).body.code).toBe(1802);
    const { body } = await api.post('entities/delete', { collectionName: 'docs', filter: 'id in [1]' });
    expect(body).toEqual({ code: 0, data: { deleteCount: 1 } });
  });
});

describe('collections', () => {
  test('the quick way makes a key, a vector and an index, and loads', async () => {
    const { body } = await api.post('collections/create', { collectionName: 'quick', dimension: 8 });
    expect(body).toEqual({ code: 0, data: {} });
    const { input } = api.fake.last('createCollection');
    expect(input).toMatchObject({ consistencyLevel: 2, shardsCount: 0, properties: {} });
    expect(input.schema).toMatchObject({
      name: 'quick',
      enableDynamicField: true,
      fields: [
        { name: 'id', dataType: DataType.Int64, isPrimaryKey: true, autoId: false },
        { name: 'vector', dataType: DataType.FloatVector, typeParams: { dim: '8' } },
      ],
    });
    expect(api.fake.last('createIndex').input).toEqual({
      collection: 'quick',
      field: 'vector',
      indexName: 'vector',
      params: { metric_type: 'COSINE', index_type: 'AUTOINDEX' },
    });
    expect(api.fake.last('load').input).toMatchObject({ collection: 'quick' });
    expect((await api.post('collections/create', { collectionName: 'quick' })).body.code).toBe(1802);
  });

  test('the long way takes a schema', async () => {
    await api.post('collections/create', {
      collectionName: 'long',
      schema: {
        autoID: true,
        enabledDynamicField: false,
        fields: [
          { fieldName: 'key', dataType: 'VarChar', isPrimary: true, elementTypeParams: { max_length: 10 } },
          { fieldName: 'n', dataType: 'Int64', nullable: true, defaultValue: '9007199254740993' },
          { fieldName: 'v', dataType: 'Int8Vector', elementTypeParams: { dim: '4' } },
        ],
      },
      indexParams: [{ fieldName: 'v', indexName: 'i', metricType: 'L2', params: { index_type: 'HNSW', M: 8 } }],
      params: { consistencyLevel: 'Eventually', shardsNum: 2, partitionsNum: '4', ttlSeconds: 5 },
    });
    const { input } = api.fake.last('createCollection');
    expect(input).toMatchObject({
      consistencyLevel: 3,
      shardsCount: 2,
      partitionsCount: 4,
      properties: { 'collection.ttl.seconds': '5' },
    });
    expect(input.schema).toMatchObject({ autoId: true, enableDynamicField: false });
    expect(input.schema.fields).toMatchObject([
      { name: 'key', isPrimaryKey: true, typeParams: { max_length: '10' } },
      { name: 'n', nullable: true, defaultValue: 9007199254740993n },
      { name: 'v', dataType: DataType.Int8Vector, typeParams: { dim: '4' } },
    ]);
    expect(api.fake.last('createIndex').input.params).toEqual({ metric_type: 'L2', index_type: 'HNSW', M: '8' });
  });

  test('a description says it all, also without an index', async () => {
    const { body } = await api.post('collections/describe', { collectionName: 'docs' });
    expect(body.data).toMatchObject({
      collectionName: 'docs',
      collectionID: 7,
      description: 'of the test',
      autoId: false,
      enableDynamicField: true,
      shardsNum: 2,
      partitionsNum: 1,
      consistencyLevel: 'Bounded',
      load: 'LoadStateLoaded',
      fields: [
        { name: 'id', type: 'Int64', primaryKey: true, params: [] },
        { name: 'vector', type: 'FloatVector', params: [{ key: 'dim', value: '2' }] },
      ],
      indexes: [],
      aliases: ['other'],
      properties: [{ key: 'timezone', value: 'UTC' }],
    });
  });
});

test('the SDK’s HTTP client', async () => {
  const client = new HttpClient({ endpoint: `http://${api.address}`, database: 'books' });
  api.fake.answer('listCollections', async () => [
    { collection: DOCS.collection, loadedPercent: 100, queryable: true },
  ]);
  api.fake.answer('hasCollection', async () => true);
  expect(await client.listCollections({})).toEqual({ code: 0, data: ['docs'] });
  expect(api.fake.last('listCollections').context.database).toBe('books');
  expect((await client.hasCollection({ collectionName: 'docs', dbName: 'books' })).data.has).toBe(true);
  const inserted = await client.insert({ collectionName: 'docs', data: [{ id: 1, vector: [1, 2], extra: 'x' }] });
  expect(inserted.data).toEqual({ insertCount: 1, insertIds: ['4611686018427387904'] });
  const found = await client.search({
    collectionName: 'docs',
    data: [
      [1, 2],
      [3, 4],
    ],
    outputFields: ['vector'],
  });
  expect(found.data.map((hits) => (hits as unknown[]).length)).toEqual([2, 1]);
  await client.alterCollectionProperties({ collectionName: 'docs', properties: { 'mmap.enabled': true, x: 1 } });
  expect(api.fake.last('alterCollection').input).toEqual({
    name: 'docs',
    set: { 'mmap.enabled': 'true', x: '1' },
    unset: [],
  });
});
