import { afterEach, expect, test } from 'vitest';
import type { BytesColumn } from '../../../core/columns/column.ts';
import { textAt } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { SearchRequest } from '../../../proto/generated/node.ts';
import type { SearchOutput } from '../../../router/operations/reads/search.ts';
import {
  EVENTUALLY,
  FakeCluster,
  type FakeClusterOptions,
  requestContext,
  searchInput,
  vectors,
} from '../fakes/fake-cluster.ts';
import { draftField, testFields, testRow, testSchema } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

/** Segments 2 and 3 on reader0 and reader1 with keys 1..6 at x = key, keys 7 and 8 growing. */
async function open(options: FakeClusterOptions = {}): Promise<number> {
  fake = await FakeCluster.open(options);
  const { world } = fake;
  const { id } = world.addCollection();
  const row = (key: number) =>
    testRow(key, key, world.tick(), { color: key % 2 === 0 ? 'red' : 'blue', meta: `{"size":${key}}` });
  world.publish(id, [
    { id: 2, rows: [1, 2, 3].map(row) },
    { id: 3, rows: [4, 5, 6].map(row) },
  ]);
  world.growing.push(...[7, 8].map(row));
  await fake.settle();
  return id;
}

function keysOf(output: SearchOutput): number[] {
  return Array.from(output.keys as BigInt64Array, Number);
}

function texts(output: SearchOutput, name: string): string[] {
  const column = output.columns.find((candidate) => candidate.name === name)!.column as BytesColumn;
  return Array.from({ length: column.rowCount }, (_, row) => textAt(column, row));
}

test('a search asks every reader for its segments and the writer for the rest, once each, and merges', async () => {
  await open();
  const output = await fake.operations.search(requestContext(), searchInput(4.4, { topk: 4 }));
  expect(keysOf(output)).toEqual([4, 5, 3, 6]);
  expect(Array.from(output.scores, (score) => Math.round(score * 100) / 100)).toEqual([0.16, 0.36, 1.96, 2.56]);
  expect([...output.counts]).toEqual([4]);
  const scopes = [...fake.readers, fake.writer].map((node) => node.callsOf('search').map((call) => call.scope!));
  expect(scopes.map((list) => list.map((scope) => scope.segmentIds))).toEqual([[[2]], [[3]], [[]]]);
  expect(scopes[2]![0]!.viewVersion).toBe(2);
  expect(scopes[0]![0]!.viewVersion).toBe(0);
});

test('every row is found exactly once, wherever it is', async () => {
  await open();
  const output = await fake.operations.search(requestContext(), searchInput(0, { topk: 100 }));
  expect(keysOf(output)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(output.searchedRowCount).toBe(8);
});

test('several queries, an offset and a filter', async () => {
  await open();
  const input = searchInput(0, {
    queries: vectors([
      [0, 0],
      [9, 0],
    ]),
    topk: 2,
    more: { offset: '1' },
    filter: 'color == "red"',
  });
  const output = await fake.operations.search(requestContext(), input);
  expect([...output.counts]).toEqual([2, 2]);
  expect(keysOf(output)).toEqual([4, 6, 6, 4]);
});

test('output fields come with the hits; the key last, dynamic keys by name', async () => {
  await open();
  const output = await fake.operations.search(
    requestContext(),
    searchInput(6, { topk: 2, outputFields: ['id', 'color', 'size'] }),
  );
  expect(output.columns.map((column) => column.name)).toEqual(['color', '$meta', 'id']);
  expect(output.outputFields).toEqual(['color', 'size', 'id']);
  expect(texts(output, 'color')).toEqual(['red', 'blue']);
  expect(texts(output, '$meta')).toEqual(['{"size":6}', '{"size":5}']);
  expect(fake.readers.flatMap((reader) => reader.callsOf('fetch'))).toEqual([]);
});

test('large output fields are fetched for the winners only, from the nodes that found them', async () => {
  await open({ limits: { inlineSurplusBytesMax: 10 } });
  const input = searchInput(6.4, { topk: 3, outputFields: ['*'] });
  const output = await fake.operations.search(requestContext(), input);
  expect(keysOf(output)).toEqual([6, 7, 5]);
  expect(texts(output, 'color')).toEqual(['red', 'blue', 'blue']);
  expect(output.columns.map((column) => column.name)).toEqual(['vector', 'color', '$meta', 'id']);
  const searches = [...fake.readers, fake.writer].flatMap((node) => node.callsOf('search'));
  expect(searches.every((call) => (call.request as { outputFieldIds: number[] }).outputFieldIds.length === 0)).toBe(
    true,
  );
  expect([...fake.readers, fake.writer].map((node) => node.callsOf('fetch').length)).toEqual([0, 1, 1]);
});

test('when a node goes away between its hits and their fields, the search is done again with the fields inline', async () => {
  await open({ limits: { inlineSurplusBytesMax: 10 } });
  fake.readers[1]!.before = (method) => {
    if (method === 'fetch') fake.readers[1]!.isDead = true;
    if (fake.readers[1]!.isDead) throw new (Error as never as new (text: string) => Error)('connection reset');
  };
  const output = await fake.operations.search(requestContext(), searchInput(6.4, { topk: 3, outputFields: ['color'] }));
  expect(keysOf(output)).toEqual([6, 7, 5]);
  expect(texts(output, 'color')).toEqual(['red', 'blue', 'blue']);
});

test('no hits still give columns', async () => {
  await open();
  const input = searchInput(1, { filter: 'color == "green"', outputFields: ['*'] });
  const output = await fake.operations.search(requestContext(), input);
  expect([...output.counts]).toEqual([0]);
  expect(output.columns.map(({ name, column }) => [name, column.rowCount])).toEqual([
    ['vector', 0],
    ['color', 0],
    ['$meta', 0],
    ['id', 0],
  ]);
});

test('a collection without segments is the writer’s alone', async () => {
  fake = await FakeCluster.open();
  fake.world.addCollection();
  fake.world.growing.push(testRow(1, 1, fake.world.tick()));
  await fake.settle();
  const output = await fake.operations.search(requestContext(), searchInput(0));
  expect(keysOf(output)).toEqual([1]);
  expect(fake.readers.flatMap((reader) => reader.calls)).toEqual([]);
});

test('a key that several nodes have comes once, with its newest row, and others fill its place', async () => {
  const id = await open();
  const { world } = fake;
  // Key 4 again, newer, far away; keys 5 and 6 again in a segment of their own, near.
  world.growing.push(testRow(4, 100, world.tick()));
  world.publish(id, [{ id: 4, rows: [testRow(5, 5.01, world.tick()), testRow(6, 5.02, world.tick())] }]);
  await fake.settle();
  const output = await fake.operations.search(requestContext(), searchInput(5, { topk: 4 }));
  expect(keysOf(output)).toEqual([5, 6, 3, 7]);
});

test('when an older row of a key took a place in a node’s list, the node is asked for more', async () => {
  await open({ readerCount: 1 });
  const { world } = fake;
  world.growing.length = 0;
  // Key 1 is near in the segment and, newer, far away in the growing rows: the reader's best two are 1 and 2, the answer is 2 and 3.
  world.growing.push(testRow(1, 50, world.tick()), testRow(9, 60, world.tick()));
  await fake.settle();
  const output = await fake.operations.search(requestContext(), searchInput(0, { topk: 2 }));
  expect(keysOf(output)).toEqual([2, 3]);
  expect(fake.readers[0]!.callsOf('search').map((call) => (call.request as SearchRequest).k)).toEqual([2, 4]);
  const plain = await fake.operations.search(requestContext(), searchInput(3.9, { topk: 2 }));
  expect(keysOf(plain)).toEqual([4, 3]);
  expect(fake.readers[0]!.callsOf('search').length).toBe(3);
});

test('search by ids takes the vectors of the rows, in the order asked for', async () => {
  await open();
  const input = searchInput(0, { queries: { kind: 'keys', keys: BigInt64Array.from([8n, 1n]) }, topk: 2 });
  const output = await fake.operations.search(requestContext(), input);
  expect(keysOf(output)).toEqual([8, 7, 1, 2]);
  const missing = searchInput(0, { queries: { kind: 'keys', keys: BigInt64Array.from([8n, 77n]) } });
  await expect(fake.operations.search(requestContext(), missing)).rejects.toThrow(
    'search by ids: no row has the primary key 77',
  );
});

test('named partitions only, and only loaded ones', async () => {
  const id = await open();
  const { world } = fake;
  const partition = (partitionId: number, name: string, loaded: boolean) => ({
    id: partitionId,
    name,
    createdTimestamp: 1n,
    loaded,
  });
  world.alterCollection(id, {
    partitions: [partition(10, '_default', true), partition(11, 'east', true), partition(12, 'west', false)],
  });
  const rowIn = (key: number, partitionId: number) => testRow(key, key, world.tick(), { partitionId });
  world.publish(id, [
    { id: 4, rows: [rowIn(21, 11)] },
    { id: 5, rows: [rowIn(22, 12)] },
  ]);
  world.growing.push(rowIn(23, 11), rowIn(24, 12));
  await fake.settle();
  const all = await fake.operations.search(requestContext(), searchInput(0, { topk: 100 }));
  expect(keysOf(all)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 21, 23]);
  const east = await fake.operations.search(requestContext(), searchInput(0, { topk: 100, partitions: ['east'] }));
  expect(keysOf(east)).toEqual([21, 23]);
  const west = fake.operations.search(requestContext(), searchInput(0, { partitions: ['west'] }));
  await expect(west).rejects.toMatchObject({ code: 201 });
  const nowhere = fake.operations.search(requestContext(), searchInput(0, { partitions: ['nowhere'] }));
  await expect(nowhere).rejects.toMatchObject({ code: 200 });
});

test('with a partition key partitions cannot be named', async () => {
  fake = await FakeCluster.open();
  const fields = [...testFields(), draftField('tenant', DataType.Int64, { isPartitionKey: true })];
  fake.world.addCollection({ schema: testSchema(fields) });
  await fake.settle();
  const search = fake.operations.search(requestContext(), searchInput(0, { partitions: ['_default'] }));
  await expect(search).rejects.toMatchObject({
    code: 1100,
    legacyCode: 1,
    message: expect.stringContaining(
      'not support manually specifying the partition names if partition key mode is used',
    ),
  });
});

test.each([
  ['topk 0', { topk: 0 }, 'topk [0] is invalid, it should be in range [1, 16384], but got 0'],
  ['topk too large', { topk: 16_385 }, 'topk [16385] is invalid, it should be in range [1, 16384], but got 16385'],
  ['window', { topk: 16_000, more: { offset: '1000' } }, '(offset+limit) should be in range [1, 16384], but got 17000'],
  ['offset', { more: { offset: '-1' } }, 'offset [-1] is invalid, should be gte than 0'],
  ['metric', { more: { metric_type: 'IP' } }, 'metric type not match: invalid parameter[expected=L2][actual=IP]'],
  ['field', { more: { anns_field: 'nothing' } }, 'failed to get field schema by name: fieldName(nothing) not found'],
  ['scalar field', { more: { anns_field: 'color' } }, 'field (color) to search is not of vector data type'],
  ['output field', { outputFields: [''] }, 'field  not exist'],
  [
    'dimension',
    { queries: vectors([[1, 2, 3]]) },
    'vector dimension mismatch, expected vector size(byte) 8, actual 12',
  ],
  [
    'not finite',
    {
      queries: vectors([
        [1, 2],
        [1, Number.NaN],
      ]),
    },
    'query vector 1 has a value that is not a number or infinity',
  ],
  ['range', { more: { params: '{"radius": 1, "range_filter": 2}' } }, 'range_filter(2) must be less than radius(1)'],
  ['filter', { filter: 'colour ==' }, 'failed to create query plan: cannot parse expression: colour =='],
  [
    'group by',
    { more: { group_by_field: 'vector' } },
    'unsupported data type FloatVector for group by operator, field: vector',
  ],
  ['token', { more: { search_iter_v2: 'True', search_iter_id: '"abc"' } }, 'search_iter_id: abc is not the token'],
  ['reranker', { unsupported: ['function_score'] }, 'function_score is not supported by this server yet'],
  ['part of a time', { more: { time_fields: 'year month decade' } }, 'unsupported field for extraction: decade'],
  ['round_decimal', { more: { round_decimal: '7' } }, 'round_decimal [7] is invalid'],
])('refuses a bad %s before any node is asked', async (_, change, message) => {
  await open();
  await expect(fake.operations.search(requestContext(), searchInput(1, change))).rejects.toThrow(message);
  expect(fake.readers.flatMap((reader) => reader.calls)).toEqual([]);
});

test('nq and the number of hits are limited', async () => {
  await open();
  const many = {
    kind: 'vectors' as const,
    dataType: DataType.FloatVector,
    data: new Uint8Array(8 * 16_385),
    queryCount: 16_385,
  };
  const tooMany = fake.operations.search(requestContext(), searchInput(1, { queries: many }));
  await expect(tooMany).rejects.toThrow(
    'nq [16385] is invalid, nq (number of search vector per search request) should be in range [1, 16384], but got 16385',
  );
  const some = { ...many, data: new Uint8Array(8 * 1_000), queryCount: 1_000 };
  const tooLarge = fake.operations.search(requestContext(), searchInput(1, { queries: some, topk: 16_384 }));
  await expect(tooLarge).rejects.toThrow(
    'nq * (offset+limit) should be at most 5000000, but got 1000 * 16384 = 16384000',
  );
});

test('parameters arrive at the nodes, from wherever the client puts them', async () => {
  await open();
  const more = {
    params: '{"ef": 64, "radius": "30.5"}',
    range_filter: '0.5',
    ignore_growing: 'True',
    round_decimal: '1',
    metric_type: '"l2"',
  };
  const output = await fake.operations.search(requestContext(), searchInput(4.44, { more, topk: 1 }));
  const [call] = fake.readers[1]!.callsOf('search');
  expect(call!.request).toMatchObject({
    expansion: 64,
    radius: 30.5,
    rangeFilter: 0.5,
    ignoreGrowing: true,
    k: 1,
    segmentCount: 2,
    metricType: 'L2',
    fieldId: 101,
  });
  expect(output.scores[0]).toBeCloseTo(0.2, 6);
});

test('without a loaded collection there is nothing to search', async () => {
  const id = await open();
  fake.world.alterCollection(id, { partitions: [{ id: 10, name: '_default', createdTimestamp: 1n, loaded: false }] });
  await fake.settle();
  const search = fake.operations.search(requestContext(), searchInput(1));
  await expect(search).rejects.toMatchObject({ code: 101, message: 'collection not loaded[collection=things]' });
  const unknown = fake.operations.search(requestContext(), searchInput(1, { collection: 'nothing' }));
  await expect(unknown).rejects.toMatchObject({
    code: 100,
    legacyCode: 4,
    message: `can't find collection[database=default][collection=nothing]`,
  });
  const elsewhere = fake.operations.search(requestContext({ database: 'other' }), searchInput(1));
  await expect(elsewhere).rejects.toMatchObject({ code: 800, message: 'database not found[database=other]' });
});

test('an alias stands for its collection', async () => {
  const id = await open();
  fake.world.aliases.push({ databaseId: 1, name: 'stuff', collectionId: id });
  fake.world.version++;
  const output = await fake.operations.search(
    requestContext(),
    searchInput(1, { collection: 'stuff', consistency: EVENTUALLY }),
  );
  expect(output.collectionName).toBe('things');
});
