import { ErrorCode, MilvusClient, DataType as SdkType } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Column } from '../../../../core/columns/column.ts';
import { concatColumns, emptyColumn, gatherColumn } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import type { InputColumn } from '../../../../core/rows/input-column.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import { floatsOf } from '../../../../proto/milvus/float-lens.ts';
import type { NamedColumn } from '../../../../router/operations/named-column.ts';
import type { QueryVectors, SearchInput } from '../../../../router/operations/reads/search.ts';
import { type ApiFixture, openApi } from '../api-fixture.ts';
import { CREATED, description, field, only } from '../fake-operations.ts';

/** The official Node SDK against our server, whose operations only remember and repeat. */

const FIELDS = [
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'flag', DataType.Bool),
  field(102, 'tiny', DataType.Int8, { nullable: true }),
  field(103, 'count', DataType.Int64, { nullable: true }),
  field(104, 'ratio', DataType.Double),
  field(105, 'text', DataType.VarChar, { nullable: true, typeParams: { max_length: '100' }, maxLength: 100 }),
  field(106, 'color', DataType.VarChar, {
    defaultValue: 'red',
    typeParams: { max_length: '100' },
    maxLength: 100,
  }),
  field(107, 'document', DataType.JSON),
  field(108, 'vector', DataType.FloatVector, { dimension: 4, typeParams: { dim: '4' } }),
  field(109, 'half', DataType.Float16Vector, { dimension: 2, typeParams: { dim: '2' } }),
  field(110, 'bytes', DataType.Int8Vector, { dimension: 2, typeParams: { dim: '2' } }),
  field(111, 'bits', DataType.BinaryVector, { dimension: 16, typeParams: { dim: '16' } }),
];
const DOCS = description('docs', FIELDS, true);
const DYNAMIC = DOCS.collection.schema.fields.at(-1)!;

const ROWS = [
  {
    id: '1',
    flag: true,
    tiny: -128,
    count: '9007199254740993',
    ratio: 0.1,
    text: 'eins',
    color: 'blue',
    document: { deep: [1, { x: null }] },
    vector: [0.5, 1, 2, -3],
    half: [1, -2],
    bytes: [-128, 127],
    bits: [255, 1],
    $meta: { extra: 'dynamic' },
  },
  {
    id: '-9223372036854775808',
    flag: false,
    tiny: null,
    count: null,
    ratio: 2.5e300,
    text: null,
    color: null,
    document: [],
    vector: [1, 2, 3, 4],
    half: [0, 0.5],
    bytes: [0, 1],
    bits: [0, 0],
    $meta: {},
  },
];

let api: ApiFixture;
let client: MilvusClient;

beforeAll(async () => {
  api = await openApi({
    describeCollection: only(DOCS),
    insert: async (_context, { rowCount }) => ({
      keys: BigInt64Array.from({ length: rowCount }, (_, i) => (1n << 60n) + BigInt(i)),
      rowCount,
      timestamp: CREATED,
    }),
    upsert: async (_context, { rowCount }) => ({ keys: ['a', 'b'].slice(0, rowCount), rowCount, timestamp: CREATED }),
    deleteRows: async () => ({ keys: BigInt64Array.of(1n), rowCount: 1, timestamp: CREATED }),
  });
  client = new MilvusClient({ address: api.address, logLevel: 'error' });
  await client.connectPromise;
});

afterAll(async () => {
  await client.closeConnection();
  await api.server.close();
});

/** Clients write dynamic keys beside the fields; the SDK reads them as `$meta`. */
function flat(rows: typeof ROWS): object[] {
  return rows.map(({ $meta, ...row }) => ({ ...row, ...$meta }));
}

/** What a query would answer of the columns that were inserted. */
function stored(inputs: readonly InputColumn[], rowCount: number): NamedColumn[] {
  return inputs.map(({ name, column, valid }) => ({
    name,
    field: name === '$meta' ? DYNAMIC : FIELDS.find((candidate) => candidate.name === name)!,
    column: narrowed(valid ? fullLength(column, valid, rowCount) : column, name),
  }));
}

/** Int8 comes in 32 bits and lies in 8. */
function narrowed(column: Column, name: string): Column {
  return name === 'tiny' && column.kind === 'fixed'
    ? { ...column, values: Int8Array.from(column.values as Int32Array) }
    : column;
}

function fullLength(column: Column, valid: Uint8Array, rowCount: number): Column {
  const isCompact = column.rowCount < rowCount;
  const padded = concatColumns([column, emptyColumn(column.dataType, 1)]);
  let next = 0;
  const rows = Uint32Array.from(valid, (flag, row) => (flag === 0 ? column.rowCount : isCompact ? next++ : row));
  return { ...gatherColumn({ ...padded, valid: undefined }, rows), valid };
}

test('the client connects, and repeats its number in later calls', async () => {
  expect(await client.connectPromise).toMatchObject({
    server_info: { build_tags: 'v2.6.17', deploy_mode: 'STANDALONE' },
    identifier: expect.stringMatching(/^\d{18}$/),
  });
  expect((await client.getVersion()).version).toBe('v2.6.17');
  const report = api.reports.findLast(({ method }) => method === 'GetVersion')!;
  expect(report).toMatchObject({ api: 'grpc', database: 'default', code: 0 });
  expect(BigInt(report.client)).toBeGreaterThan(0n);
  expect(report.clientSentMs).toBeGreaterThan(1_700_000_000_000);
});

test('connecting to a database that is not there fails', async () => {
  api.fake.answer('describeDatabase', async (_context, { name }) => {
    throw new BraidError('databaseNotFound', `database not found[database=${name}]`);
  });
  const stranger = new MilvusClient({ address: api.address, database: 'nowhere', logLevel: 'error' });
  await stranger.connectPromise;
  expect(api.fake.last('describeDatabase').input).toEqual({ name: 'nowhere' });
  await stranger.closeConnection();
});

test('a schema goes in and comes out', async () => {
  const answered = await client.createCollection({
    collection_name: 'fresh',
    description: 'a text',
    enable_dynamic_field: true,
    consistency_level: 'Strong',
    shards_num: 2,
    properties: { 'collection.ttl.seconds': 10 },
    fields: [
      { name: 'id', data_type: 'Int64', is_primary_key: true, autoID: true },
      { name: 'kind', data_type: SdkType.VarChar, max_length: 10, is_partition_key: true },
      { name: 'n', data_type: SdkType.Int64, nullable: true, default_value: '9007199254740993' },
      { name: 'v', data_type: SdkType.FloatVector, dim: 4 },
    ],
    num_partitions: 32,
  } as never);
  expect(answered.error_code).toBe(ErrorCode.SUCCESS);
  const { input } = api.fake.last('createCollection');
  expect(input).toMatchObject({
    consistencyLevel: 0,
    shardsCount: 2,
    partitionsCount: 32,
    properties: { 'collection.ttl.seconds': '10' },
  });
  expect(input.schema).toMatchObject({ name: 'fresh', description: 'a text', enableDynamicField: true });
  expect(input.schema.fields).toMatchObject([
    { name: 'id', dataType: DataType.Int64, isPrimaryKey: true, autoId: true },
    { name: 'kind', dataType: DataType.VarChar, isPartitionKey: true, typeParams: { max_length: '10' } },
    { name: 'n', nullable: true, defaultValue: 9007199254740993n },
    { name: 'v', dataType: DataType.FloatVector, typeParams: { dim: '4' } },
  ]);

  const described = await client.describeCollection({ collection_name: 'docs' });
  expect(described).toMatchObject({
    status: { error_code: 'Success' },
    collection_name: 'docs',
    db_name: 'default',
    collectionID: '7',
    shards_num: 2,
    consistency_level: 'Bounded',
    num_partitions: '1',
    aliases: ['other'],
    created_timestamp: String(CREATED),
    created_utc_timestamp: '1700000000000',
    update_timestamp_str: String(CREATED + 1n),
    properties: [{ key: 'timezone', value: 'UTC' }],
  });
  expect(described.virtual_channel_names).toHaveLength(2);
  expect(described.schema.enable_dynamic_field).toBe(true);
  expect(described.schema.fields.map(({ name, fieldID }) => [name, fieldID])).toEqual(
    FIELDS.map(({ name, id }) => [name, String(id)]),
  );
  expect(described.schema.fields[6]).toMatchObject({ default_value: 'red' });
});

test('a collection that is not there has the status that clients look for', async () => {
  const { status } = await client.describeCollection({ collection_name: 'nothing' });
  expect(status).toMatchObject({
    error_code: 'CollectionNotExists',
    code: 100,
    retriable: false,
    extra_info: { is_input_error: 'true' },
  });
  expect(status.reason).toBe("can't find collection[database=default][collection=nothing]");
  expect((await client.hasCollection({ collection_name: 'nothing' })).value).toBe(false);
});

test('rows of every type go in as columns and come back as rows', async () => {
  const inserted = await client.insert({ collection_name: 'docs', partition_name: 'part', data: flat(ROWS) as never });
  expect(inserted).toMatchObject({
    status: { error_code: 'Success' },
    IDs: { int_id: { data: [String(1n << 60n), String((1n << 60n) + 1n)] } },
    succ_index: [0, 1],
    insert_cnt: '2',
    upsert_cnt: '0',
    timestamp: String(CREATED),
  });
  const { input } = api.fake.last('insert');
  expect(input).toMatchObject({ collection: 'docs', partition: 'part', rowCount: 2, schemaTimestamp: CREATED + 1n });
  const byName = new Map(input.columns.map((column) => [column.name, column]));
  expect(byName.get('count')).toMatchObject({
    isDynamic: false,
    valid: Uint8Array.of(1, 0),
    column: { kind: 'fixed', rowCount: 1, values: BigInt64Array.of(9007199254740993n) },
  });
  expect(byName.get('$meta')).toMatchObject({ isDynamic: true, valid: undefined });

  const columns = stored(input.columns, 2);
  api.fake.answer('query', async () => ({
    collectionName: 'docs',
    primaryField: FIELDS[0]!,
    rowCount: 2,
    count: undefined,
    columns,
    outputFields: [...columns.map(({ name }) => name), 'extra'],
    sessionTimestamp: CREATED,
  }));
  const queried = await client.query({ collection_name: 'docs', filter: 'id > 0', output_fields: ['*', 'extra'] });
  expect(queried.status.error_code).toBe('Success');
  expect(queried.data).toEqual(ROWS);
});

test('no rows are columns without values', async () => {
  api.fake.answer('query', async () => ({
    collectionName: 'docs',
    primaryField: FIELDS[0]!,
    rowCount: 0,
    count: undefined,
    columns: FIELDS.map((of) => ({
      name: of.name,
      field: of,
      column: { ...emptyColumn(of.dataType, 0, of.dimension ? 4 : 0, of.dimension ?? 0, false), rowCount: 0 },
    })),
    outputFields: FIELDS.map(({ name }) => name),
    sessionTimestamp: CREATED,
  }));
  const queried = await client.query({ collection_name: 'docs', filter: 'id > 0', output_fields: ['*'] });
  expect(queried).toMatchObject({ status: { error_code: 'Success' }, data: [] });
});

test('a count is a column of its own name', async () => {
  api.fake.answer('query', async () => ({
    collectionName: 'docs',
    primaryField: FIELDS[0]!,
    rowCount: 0,
    count: 0,
    columns: [],
    outputFields: [],
    sessionTimestamp: CREATED,
  }));
  expect((await client.count({ collection_name: 'docs', expr: '' })).data).toBe(0);
  expect(api.fake.last('query').input).toMatchObject({ outputFields: ['count(*)'], filter: '' });
});

test('filters bring the values of their placeholders', async () => {
  await client.query({
    collection_name: 'docs',
    filter: 'id in {ids} and text == {text}',
    exprValues: { ids: [1, 2], text: 'x', flags: [true], ratios: [0.5, 1.5], deep: [[1], [2]], list: ['a', 'b'] },
    limit: 5,
    offset: 2,
  });
  const { input } = api.fake.last('query');
  expect(input.templates).toEqual(
    new Map<string, unknown>([
      ['ids', [1n, 2n]],
      ['text', 'x'],
      ['flags', [true]],
      ['ratios', [0.5, 1.5]],
      ['deep', [[1n], [2n]]],
      ['list', ['a', 'b']],
    ]),
  );
  expect(input.parameters.get('limit')).toBe('5');
  expect(input.parameters.get('offset')).toBe('2');
});

test('a search brings its vectors and takes hits, whose key comes as a column only', async () => {
  api.fake.answer('search', async (_context, { queries }: SearchInput) => ({
    collectionName: 'docs',
    primaryField: FIELDS[0]!,
    queryCount: (queries as QueryVectors).queryCount,
    topK: 2,
    counts: Uint32Array.of(2, 1),
    scores: Float32Array.of(0.25, 0.5, 0.75),
    keys: BigInt64Array.of(1n, 1n << 62n, -1n),
    columns: [
      {
        name: 'id',
        field: FIELDS[0]!,
        column: {
          kind: 'fixed',
          dataType: DataType.Int64,
          rowCount: 3,
          values: BigInt64Array.of(1n, 1n << 62n, -1n),
          valid: undefined,
        },
      },
    ],
    outputFields: ['id'],
    sessionTimestamp: CREATED,
    searchedRowCount: 99,
    groupValues: undefined,
    iteration: undefined,
  }));
  const found = await client.search({
    collection_name: 'docs',
    anns_field: 'vector',
    data: [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ],
    limit: 2,
    filter: 'flag == true',
    output_fields: ['id'],
    params: { ef: 64 },
    consistency_level: 'Eventually' as never,
  });
  expect(found).toMatchObject({
    status: { error_code: 'Success' },
    results: [
      [
        { id: '1', score: 0.25 },
        { id: String(1n << 62n), score: 0.5 },
      ],
      [{ id: '-1', score: 0.75 }],
    ],
    session_ts: String(CREATED),
    all_search_count: '99',
  });
  const { input } = api.fake.last('search');
  expect(input).toMatchObject({ collection: 'docs', filter: 'flag == true', outputFields: ['id'], unsupported: [] });
  expect(input.consistency).toMatchObject({ useDefault: false, level: 3 });
  expect(input.parameters.get('topk')).toBe('2');
  expect(JSON.parse(input.parameters.get('params')!)).toEqual({ ef: 64 });
  if (input.queries.kind !== 'vectors') throw new Error('no vectors');
  expect(input.queries).toMatchObject({ dataType: DataType.FloatVector, queryCount: 2 });
  expect([...floatsOf(input.queries.data)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);

  await client.search({ collection_name: 'docs', anns_field: 'vector', ids: ['3', '4'], limit: 1 } as never);
  expect(api.fake.last('search').input.queries).toEqual({ kind: 'keys', keys: BigInt64Array.of(3n, 4n) });
});

test('a highlighter goes on with its parameters', async () => {
  await client.search({
    collection_name: 'docs',
    anns_field: 'vector',
    data: [1, 2, 3, 4],
    highlighter: { type: 0, pre_tags: ['<b>'] },
  } as never);
  const { input } = api.fake.last('search');
  expect(input.highlighter).toMatchObject({ type: 'Lexical', params: new Map([['pre_tags', '["<b>"]']]) });
  expect(input.unsupported).toEqual([]);
});

test('upserts and deletes count what they are', async () => {
  const upserted = await client.upsert({ collection_name: 'docs', data: flat(ROWS) as never });
  expect(upserted).toMatchObject({ upsert_cnt: '2', insert_cnt: '0', IDs: { str_id: { data: ['a', 'b'] } } });
  expect(api.fake.last('upsert').input.partialUpdate).toBe(false);
  const deleted = await client.delete({
    collection_name: 'docs',
    filter: 'color in {colors}',
    exprValues: { colors: ['red'] },
    partition_name: 'part',
  } as never);
  expect(deleted).toMatchObject({ status: { error_code: 'Success' }, delete_cnt: '1', succ_index: [0] });
  expect(api.fake.last('deleteRows').input).toEqual({
    collection: 'docs',
    partition: 'part',
    filter: 'color in {colors}',
    templates: new Map([['colors', ['red']]]),
  });
});

test('the request’s database wins over the connection’s', async () => {
  api.fake.answer('describeDatabase', async (_context, { name }) => ({
    id: 3,
    name,
    createdTimestamp: CREATED,
    properties: {},
  }));
  const other = new MilvusClient({ address: api.address, database: 'one', logLevel: 'error' });
  await other.connectPromise;
  await other.listAliases({ collection_name: 'docs' });
  expect(api.fake.last('listAliases').context.database).toBe('one');
  await other.listAliases({ collection_name: 'docs', db_name: 'two' });
  expect(api.fake.last('listAliases').context.database).toBe('two');
  await other.closeConnection();
});

test('all kinds of failures arrive as a status', async () => {
  const cases = [
    [new BraidError('parameterInvalid', 'wrong'), { error_code: 'IllegalArgument', code: 1100, reason: 'wrong' }],
    [new BraidError('schemaMismatch', 'old'), { error_code: 'SchemaMismatch', code: 109, retriable: true }],
    [new TypeError('a bug'), { error_code: 'UnexpectedError', code: 65535, reason: 'a bug' }],
    ['no error at all', { error_code: 'UnexpectedError', code: 65535, reason: 'no error at all' }],
  ] as const;
  for (const [thrown, status] of cases) {
    api.fake.answer('createPartition', () => {
      throw thrown;
    });
    expect(await client.createPartition({ collection_name: 'docs', partition_name: 'p' })).toMatchObject(status);
  }
  const unforeseen = api.logged.filter(({ fields }) => Object.entries(fields).some(isOfCreatePartition));
  expect(unforeseen).toMatchObject([
    {
      level: 'error',
      fields: { err: { message: 'a bug', cause: { stack: expect.stringContaining('node-sdk.test.ts') } } },
    },
    { level: 'error', fields: { err: { message: 'no error at all' } } },
  ]);
  expect(api.reports.findLast(({ method }) => method === 'CreatePartition')).toMatchObject({ code: 65535 });
});

function isOfCreatePartition([name, value]: readonly [string, unknown]): boolean {
  return name === 'event.action' && value === 'CreatePartition';
}

test('a node that is gone is a gRPC status, so that the client tries again by itself', async () => {
  let tries = 0;
  api.fake.answer('createPartition', async () => {
    tries++;
    if (tries < 3) throw new BraidError('serviceUnavailable', 'no writer leads');
  });
  const answered = await client.createPartition({ collection_name: 'docs', partition_name: 'p' });
  expect(answered.error_code).toBe('Success');
  expect(tries).toBe(3);
});
