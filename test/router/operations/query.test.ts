import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { BytesColumn, Column } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn, keyAt, textAt } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { mergeRows } from '../../../router/operations/reads/merge-rows.ts';
import type { QueryOutput } from '../../../router/operations/reads/query.ts';
import { FakeCluster, queryInput, requestContext } from '../fakes/fake-cluster.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster | undefined;

afterEach(async () => {
  await fake?.[Symbol.asyncDispose]();
  fake = undefined;
});

/** Keys 1, 3, 5 and 2, 4, 6 sealed; 5 (newer) and 7 growing. */
async function open(): Promise<FakeCluster> {
  const opened = await FakeCluster.open();
  fake = opened;
  const { world } = opened;
  const { id } = world.addCollection();
  const row = (key: number, color: string) => testRow(key, key, world.tick(), { color, meta: `{"size":${key}}` });
  world.publish(id, [
    { id: 2, rows: [5, 1, 3].map((key) => row(key, 'old')) },
    { id: 3, rows: [6, 2, 4].map((key) => row(key, 'old')) },
  ]);
  world.growing.push(row(7, 'new'), row(5, 'new'));
  await opened.settle();
  return opened;
}

function keysOf({ columns }: QueryOutput): number[] {
  const column = columns.find((candidate) => candidate.name === 'id')!.column;
  return Array.from({ length: column.rowCount }, (_, row) => Number(keyAt(column, row)));
}

function textsOf(output: QueryOutput, name: string): string[] {
  const column = output.columns.find((candidate) => candidate.name === name)!.column as BytesColumn;
  return Array.from({ length: column.rowCount }, (_, row) => textAt(column, row));
}

test('rows come by ascending key, each once, the newest of doubles, with their columns', async () => {
  const { operations } = await open();
  const output = await operations.query(requestContext(), queryInput('id > 2', { outputFields: ['color', 'size'] }));
  expect(keysOf(output)).toEqual([3, 4, 5, 6, 7]);
  expect(textsOf(output, 'color')).toEqual(['old', 'old', 'new', 'old', 'new']);
  expect(textsOf(output, '$meta')).toEqual([3, 4, 5, 6, 7].map((key) => `{"size":${key}}`));
  expect(output.outputFields).toEqual(['color', 'size', 'id']);
  expect(output.rowCount).toBe(5);
});

test('limit and offset', async () => {
  const { operations } = await open();
  const output = await operations.query(requestContext(), queryInput('', { more: { limit: '3', offset: '2' } }));
  expect(keysOf(output)).toEqual([3, 4, 5]);
  const beyond = await operations.query(
    requestContext(),
    queryInput('', { more: { limit: '3', offset: '50' }, outputFields: ['*'] }),
  );
  expect(keysOf(beyond)).toEqual([]);
  expect(beyond.columns.map((column) => column.name)).toEqual(['id', 'vector', 'color', '$meta']);
});

test('by keys', async () => {
  const { operations } = await open();
  const output = await operations.query(
    requestContext(),
    queryInput('', { keys: BigInt64Array.from([6n, 5n, 99n]), outputFields: ['color'] }),
  );
  expect(keysOf(output)).toEqual([5, 6]);
  expect(textsOf(output, 'color')).toEqual(['new', 'old']);
});

test('count(*) counts stored rows, doubles too, also when there are none', async () => {
  const { operations } = await open();
  const all = await operations.query(requestContext(), queryInput('', { outputFields: ['count(*)'] }));
  expect(all).toMatchObject({ count: 8, rowCount: 1, columns: [], outputFields: ['count(*)'] });
  const none = await operations.query(requestContext(), queryInput('id > 100', { outputFields: ['COUNT(*)'] }));
  expect(none.count).toBe(0);
});

test.each([
  ['no filter and no limit', '', {}, 'empty expression should be used with limit'],
  ['limit 0', 'id > 0', { more: { limit: '0' } }, 'limit [0] is invalid, should be greater than 0'],
  ['limit x', 'id > 0', { more: { limit: 'x' } }, 'limit [x] is invalid'],
  [
    'limit too large',
    'id > 0',
    { more: { limit: '16385' } },
    '(offset+limit) should be in range [1, 16384], but got 16385',
  ],
  [
    'window',
    'id > 0',
    { more: { limit: '16384', offset: '1' } },
    '(offset+limit) should be in range [1, 16384], but got 16385',
  ],
  [
    'count with a limit',
    'id > 0',
    { outputFields: ['count(*)'], more: { limit: '1' } },
    'count entities with pagination is not allowed',
  ],
  [
    'unknown parts of a time',
    'id > 0',
    { more: { time_fields: 'year,week' } },
    'unsupported field for extraction: week',
  ],
])('refuses %s', async (_, filter, change, message) => {
  const { operations } = await open();
  await expect(operations.query(requestContext(), queryInput(filter, change))).rejects.toMatchObject({
    message: expect.stringContaining(message),
  });
});

test('naming partitions of a collection with a partition key is an illegal argument', async () => {
  const { operations, world } = await open();
  const [collection] = world.collections;
  const fields = collection!.schema.fields.map((field) =>
    field.name === 'color' ? { ...field, isPartitionKey: true } : field,
  );
  world.alterCollection(collection!.id, { schema: { ...collection!.schema, fields } });
  await fake!.settle();
  await expect(
    operations.query(requestContext(), queryInput('id > 0', { partitions: ['_default'] })),
  ).rejects.toMatchObject({ code: 1100, legacyCode: 5 });
});

test('merging rows of several nodes is merging sets by key', async () => {
  const lists = fc.array(
    fc.array(fc.record({ key: fc.integer({ min: 0, max: 30 }), timestamp: fc.bigInt(0n, 9n) }), { maxLength: 20 }),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 0, max: 12 }), fc.boolean(), async (given, limit, isText) => {
      const distinct = given.map((list) =>
        [...new Map(list.map((row) => [row.key, row])).values()].sort((left, right) => left.key - right.key),
      );
      const sources = distinct.map((list) => ({
        keys: isText
          ? textKeys(list.map((row) => row.key))
          : fixedColumn(
              DataType.Int64,
              BigInt64Array.from(list, (row) => BigInt(row.key)),
            ),
        timestamps: BigUint64Array.from(list, (row) => row.timestamp),
      }));
      const merged = await mergeRows(sources, limit, 3);
      const rows = Array.from(merged.lists, (list, i) => distinct[list]![merged.rows[i]!]!);
      const all = new Map<number, bigint>();
      for (const { key, timestamp } of distinct.flat())
        all.set(key, (all.get(key) ?? -1n) > timestamp ? all.get(key)! : timestamp);
      const expected = [...all].sort(([left], [right]) => left - right).slice(0, limit === 0 ? undefined : limit);
      expect(rows.map((row) => [row.key, row.timestamp])).toEqual(expected);
    }),
  );
});

/** Texts whose order by bytes is that of the numbers, and not that of UTF-16: those from 16 on begin with a character beyond 16 bits. */
function textKeys(keys: readonly number[]): Column {
  const texts = keys.map((key) =>
    key < 16 ? `\uffee${String.fromCharCode(97 + key)}` : `\u{1f600}${String.fromCharCode(97 + key)}`,
  );
  return bytesColumnFrom(DataType.VarChar, texts);
}
