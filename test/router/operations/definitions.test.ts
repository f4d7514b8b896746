import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { CatalogRequest } from '../../../proto/generated/node.ts';
import type { Operations } from '../../../router/operations/operations.ts';
import { eventually, FakeCluster, requestContext } from '../fakes/fake-cluster.ts';
import { draftField, testFields, testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;
let operations: Operations;
let id: number;

beforeEach(async () => {
  fake = await FakeCluster.open();
  ({ operations } = fake);
  ({ id } = fake.world.addCollection());
  fake.world.aliases.push({ databaseId: 1, name: 'stuff', collectionId: id });
  fake.world.version++;
  await fake.settle();
});

afterEach(async () => fake[Symbol.asyncDispose]());

function commands(): CatalogCommand[] {
  return fake.writer
    .callsOf('catalog')
    .map((call) => JSON.parse(new TextDecoder().decode((call.request as CatalogRequest).commandJson)));
}

const context = requestContext({ timeoutMs: 60_000 });
const unset: string[] = [];

test('collections are described as clients see them', async () => {
  const described = await operations.describeCollection(requestContext(), { name: 'stuff' });
  expect(described).toMatchObject({
    databaseName: 'default',
    databaseId: 1,
    aliases: ['stuff'],
    properties: { timezone: 'UTC' },
  });
  expect(described.collection.name).toBe('things');
  expect(described.fields.map((field) => field.name)).toEqual(['id', 'vector', 'color']);
  expect((await operations.describeCollection(requestContext(), { name: '', id })).collection.name).toBe('things');
});

test('collections are listed with how far they are loaded', async () => {
  fake.world.publish(id, [
    { id: 2, rows: [testRow(1, 1, 1n)] },
    { id: 3, rows: [testRow(2, 1, 1n)] },
  ]);
  fake.world.addCollection({
    name: 'other',
    partitions: [{ id: 99, name: '_default', createdTimestamp: 1n, loaded: false }],
  });
  for (const reader of fake.readers) reader.notReady.add(3);
  await fake.settle();
  const list = await operations.listCollections(requestContext(), { loadedOnly: false, names: [] });
  expect(list.map((entry) => [entry.collection.name, entry.loadedPercent, entry.queryable])).toEqual([
    ['things', 50, true],
    ['other', 0, false],
  ]);
  expect((await operations.listCollections(requestContext(), { loadedOnly: true, names: [] })).length).toBe(1);
  expect(await operations.loadingProgress(requestContext(), { collection: 'things', partitions: ['_default'] })).toBe(
    50,
  );
  expect(await operations.loadState(requestContext(), { collection: 'things', partitions: [] })).toEqual({
    state: 2,
    progress: 50,
  });
  for (const reader of fake.readers) reader.notReady.clear();
  await fake.settle();
  await eventually(() => fake.cluster.members.readers().every((reader) => reader.readySegments(id).has(3)));
  expect(await operations.loadState(requestContext(), { collection: 'things', partitions: [] })).toEqual({
    state: 3,
    progress: 100,
  });
  expect(await operations.loadState(requestContext(), { collection: 'other', partitions: [] })).toEqual({
    state: 1,
    progress: 0,
  });
  expect(await operations.loadState(requestContext(), { collection: 'nothing', partitions: [] })).toEqual({
    state: 0,
    progress: 0,
  });
  await expect(
    operations.loadingProgress(requestContext(), { collection: 'other', partitions: [] }),
  ).rejects.toMatchObject({ code: 101 });
});

test('what is loaded stays so while readers load a segment that was sealed since', async () => {
  fake.world.publish(id, [{ id: 2, rows: [testRow(1, 1, 1n)] }]);
  await fake.settle();
  const loaded = { state: 3, progress: 100 };
  await eventually(() => fake.cluster.members.readers().every((reader) => reader.readySegments(id).has(2)));
  expect(await operations.loadState(requestContext(), { collection: 'things', partitions: [] })).toEqual(loaded);
  for (const reader of fake.readers) reader.notReady.add(3);
  fake.world.publish(id, [{ id: 3, rows: [testRow(2, 1, 1n)] }]);
  await fake.settle();
  expect((await fake.cluster.views.newest(id)).segments.map((segment) => segment.id)).toEqual([2, 3]);
  expect(await operations.loadState(requestContext(), { collection: 'things', partitions: [] })).toEqual(loaded);
});

describe('commands name the collection itself, not the alias that was used', () => {
  test.each<[string, (all: Operations) => Promise<unknown>, Partial<CatalogCommand>]>([
    [
      'truncate',
      (all) => all.truncateCollection(context, { name: 'stuff' }),
      { kind: 'truncateCollection', collection: 'things' },
    ],
    [
      'alter',
      (all) => all.alterCollection(context, { name: 'stuff', set: { a: 'b' }, unset }),
      { kind: 'alterCollection', collection: 'things', set: { a: 'b' } },
    ],
    [
      'create partition',
      (all) => all.createPartition(context, { collection: 'stuff', partition: 'p' }),
      { kind: 'createPartition', collection: 'things', partition: 'p' },
    ],
    [
      'drop partition',
      (all) => all.dropPartition(context, { collection: 'stuff', partition: 'p' }),
      { kind: 'dropPartition', collection: 'things', partition: 'p' },
    ],
    [
      'load',
      (all) => all.load(context, { collection: 'stuff', partitions: [], replicaCount: 2 }),
      { kind: 'load', collection: 'things', replicaCount: 2 },
    ],
    [
      'release',
      (all) => all.release(context, { collection: 'stuff', partitions: ['_default'] }),
      { kind: 'release', collection: 'things', partitions: ['_default'] },
    ],
    [
      'create alias',
      (all) => all.createAlias(context, { alias: 'more', collection: 'stuff' }),
      { kind: 'createAlias', collection: 'things', alias: 'more' },
    ],
    [
      'drop index',
      (all) => all.dropIndex(context, { collection: 'stuff', indexName: '', field: 'vector' }),
      { kind: 'dropIndex', collection: 'things', indexName: 'vector' },
    ],
    [
      'alter index',
      (all) =>
        all.alterIndex(context, { collection: 'stuff', indexName: 'vector', set: { 'mmap.enabled': 'true' }, unset }),
      { kind: 'alterIndex', collection: 'things', set: { 'mmap.enabled': 'true' } },
    ],
  ])('%s', async (_, run, expected) => {
    await run(operations);
    expect(commands()).toEqual([expect.objectContaining({ database: 'default', ...expected })]);
  });
});

test('a created collection gets defaults', async () => {
  const schema = {
    name: 'new',
    description: '',
    enableDynamicField: true,
    autoId: false,
    functions: [],
    structs: [],
  };
  const tenant = draftField('tenant', DataType.Int64, { isPartitionKey: true });
  const common = { consistencyLevel: 2, shardsCount: 0, partitionsCount: 0, properties: {} } as const;
  await operations.createCollection(context, { schema: { ...schema, fields: testFields() }, ...common });
  await operations.createCollection(context, {
    schema: { ...schema, name: 'keyed', fields: [...testFields(), tenant] },
    ...common,
  });
  expect(commands()).toMatchObject([
    { kind: 'createCollection', shardsCount: 1, partitionsCount: 1 },
    { kind: 'createCollection', shardsCount: 1, partitionsCount: 16 },
  ]);
  const wrong = operations.createCollection(context, {
    schema: { ...schema, fields: testFields() },
    ...common,
    partitionsCount: 3,
  });
  await expect(wrong).rejects.toThrow('num_partitions should only be specified with partition key field enabled');
});

test('a default value of 64 bits keeps its digits', async () => {
  const field = draftField('n', DataType.Int64, { nullable: true, defaultValue: 2n ** 62n });
  await operations.addField(context, { collection: 'things', field });
  expect(commands()).toMatchObject([
    { kind: 'addField', field: { name: 'n', defaultValue: { $bigint: '4611686018427387904' } } },
  ]);
});

test.each<[string, (all: Operations) => Promise<unknown>, object]>([
  [
    'add a field that exists',
    (all) => all.addField(context, { collection: 'things', field: testFields()[2]! }),
    { code: 1100, legacyCode: 5, message: 'duplicated field name color in collection things' },
  ],
  [
    'add a field that is not nullable',
    (all) => all.addField(context, { collection: 'things', field: draftField('n', DataType.Int64) }),
    { code: 1100, legacyCode: 5 },
  ],
  [
    'add a vector',
    (all) => all.addField(context, { collection: 'things', field: { ...testFields()[1]!, name: 'v' } }),
    { message: 'added field must not be a vector that is not nullable, field name = v' },
  ],
  [
    'index an unknown field',
    (all) => all.createIndex(context, { collection: 'things', field: 'nope', indexName: '', params: {} }),
    { code: 1100, legacyCode: 1, message: 'cannot create index on non-exist field: nope' },
  ],
  [
    'describe an unknown index',
    (all) => all.describeIndex(context, { collection: 'things', indexName: 'nope', field: '' }),
    { code: 700, legacyCode: 25, message: expect.stringContaining('index not found') },
  ],
  [
    'alter an unknown index',
    (all) => all.alterIndex(context, { collection: 'things', indexName: 'nope', set: { a: 'b' }, unset }),
    { code: 700 },
  ],
  [
    'set and unset at once',
    (all) => all.alterCollection(context, { name: 'things', set: { a: 'b' }, unset: ['c'] }),
    { code: 1100 },
  ],
  [
    'alter an unknown field',
    (all) => all.alterField(context, { collection: 'things', field: 'nope', set: { max_length: '3' }, unset }),
    { code: 1700 },
  ],
  [
    'alter what cannot be',
    (all) => all.alterField(context, { collection: 'things', field: 'color', set: { dim: '3' }, unset }),
    { message: expect.stringContaining('dim is not allowed to update in field property') },
  ],
  [
    'max_length of a number',
    (all) => all.alterField(context, { collection: 'things', field: 'id', set: { max_length: '3' }, unset }),
    { message: 'can not modify the maxlength for non-string types, field name: id' },
  ],
  [
    'more replicas than readers',
    (all) => all.load(context, { collection: 'things', partitions: [], replicaCount: 3 }),
    { code: 304 },
  ],
  [
    'load unknown partitions',
    (all) => all.load(context, { collection: 'things', partitions: ['nope'], replicaCount: 1 }),
    { code: 200 },
  ],
  [
    'compact to 1 MB',
    (all) => all.compact(context, { collection: 'things', targetSizeMb: 1 }),
    { code: 1100, legacyCode: 5, message: expect.stringContaining('targetSize 1 MB') },
  ],
  ['flush nothing', (all) => all.flush(context, { collections: [] }), { code: 1101 }],
  ['a database with a bad name', (all) => all.createDatabase(context, { name: 'a b', properties: {} }), { code: 802 }],
  [
    'drop by alias',
    (all) => all.dropCollection(context, { name: 'stuff' }),
    { message: 'cannot drop the collection via alias = stuff' },
  ],
  ['describe an unknown alias', (all) => all.describeAlias(context, { alias: 'nope' }), { code: 1600 }],
  [
    'search for nothing, in several ways',
    (all) => all.hybridSearch(context, { requests: [], rankParameters: new Map(), functionScore: undefined }),
    { code: 1100 },
  ],
])('refuses to %s', async (_, run, expected) => {
  await expect(run(operations)).rejects.toMatchObject(expected);
  expect(commands()).toEqual([]);
});

test('a shorter max_length is taken', async () => {
  await operations.alterField(context, {
    collection: 'things',
    field: 'color',
    set: { max_length: '10', description: 'hue' },
    unset,
  });
  expect(commands()).toMatchObject([
    {
      kind: 'alterField',
      field: { name: 'color', maxLength: 10, description: 'hue', typeParams: { max_length: '10' } },
    },
  ]);
});

test('a database gets its timezone with its first change', async () => {
  await operations.alterDatabase(context, { name: 'default', set: { a: '1' }, unset });
  expect(commands()).toMatchObject([{ kind: 'alterDatabase', set: { a: '1', timezone: 'UTC' } }]);
});

test('dropping what is not there is left to the writer, who finds nothing to do', async () => {
  await operations.dropCollection(requestContext({ database: 'nowhere' }), { name: 'nothing' });
  await operations.dropPartition(context, { collection: 'nothing', partition: 'p' });
  expect(commands()).toMatchObject([{ kind: 'dropCollection', database: 'nowhere', collection: 'nothing' }]);
});

test('flush, statistics, segments, indexes, aliases, partitions and replicas tell what is there', async () => {
  fake.world.growing.push(testRow(1, 1, 1n), testRow(2, 2, 1n));
  const [flushed] = await operations.flush(context, { collections: ['stuff'] });
  expect(flushed).toMatchObject({
    collection: 'stuff',
    collectionId: id,
    segmentIds: [expect.any(Number)],
    sealTimeS: 1,
  });
  expect(await operations.flushState(context, { collection: 'things', segmentIds: flushed!.segmentIds })).toBe(true);
  expect(await operations.flushState(context, { collection: 'things', segmentIds: [5] })).toBe(false);
  expect(await operations.flushAll(context, { database: '' })).toMatchObject({
    databases: [{ database: 'default', collections: [{ collection: 'things' }] }],
  });
  expect(await operations.flushAllState(context, { flushTimestamp: 1n })).toBe(true);
  await fake.settle();
  await eventually(() => fake.cluster.members.readers().every((reader) => reader.readySegments(id).size === 1));
  expect(await operations.segments(context, { collection: 'things' })).toMatchObject([
    { segmentId: flushed!.segmentIds[0], rowCount: 2, state: 'sealed', nodeIds: ['reader0', 'reader1'] },
    { state: 'growing', rowCount: 0, nodeIds: ['writer'] },
  ]);
  expect(await operations.collectionStatistics(context, { name: 'things' })).toEqual({ rowCount: 2 });
  expect(await operations.partitionStatistics(context, { collection: 'things', partition: '_default' })).toEqual({
    rowCount: 2,
  });
  expect(await operations.describeIndex(context, { collection: 'things', indexName: '', field: '' })).toMatchObject([
    {
      fieldName: 'vector',
      params: { index_type: 'HNSW', metric_type: 'L2' },
      totalRowCount: 2,
      indexedRowCount: 2,
      pendingRowCount: 0,
      state: 'finished',
      failedReason: '',
    },
  ]);
  expect(await operations.listAliases(context, { collection: '' })).toEqual(['stuff']);
  expect(await operations.describeAlias(context, { alias: 'stuff' })).toEqual({
    alias: 'stuff',
    collection: 'things',
    database: 'default',
  });
  expect(await operations.hasPartition(context, { collection: 'things', partition: '_default' })).toBe(true);
  expect(await operations.hasPartition(context, { collection: 'things', partition: 'nope' })).toBe(false);
  expect(await operations.listPartitions(context, { collection: 'things', loadedOnly: true, names: [] })).toMatchObject(
    [{ partition: { name: '_default' }, loadedPercent: 100 }],
  );
  expect(await operations.replicas(context, { collection: 'things' })).toMatchObject([
    { collectionId: id, replicaId: 1, nodes: [{ nodeId: 'reader0' }, { nodeId: 'reader1' }] },
  ]);
  expect(await operations.compact(context, { collection: 'things', targetSizeMb: 0 })).toEqual({
    jobId: 7,
    planCount: 1,
  });
  expect(await operations.compactionState(context, { jobId: 7 })).toEqual({
    done: true,
    executingCount: 0,
    completedCount: 1,
    merges: [],
    failedCount: 0,
    error: '',
  });
  expect(await operations.version(context)).toEqual({
    version: expect.stringMatching(/^v2\./),
    deployMode: 'DISTRIBUTED',
  });
  expect(await operations.allocTimestamp(context)).toBeGreaterThan(0n);
});
