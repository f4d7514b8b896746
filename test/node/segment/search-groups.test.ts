import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesColumnFrom, fixedColumn } from '../../../core/columns/column-operations.ts';
import { groupKeysOf } from '../../../core/merge/group-key.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { searchSegments } from '../../../node/segment/read-segments.ts';
import { SearchRequest } from '../../../proto/generated/node.ts';
import { arrayFrom, decodeColumn, decodeKeys, encodeColumn } from '../../../proto/node-protocol/column-codec.ts';
import { bytesOf, deletes, field, floatVectors, index, randomNumbers, schemaOf } from './fixture.ts';

const schema = schemaOf([
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'color', DataType.Int64, { nullable: true }),
  field(102, 'vector', DataType.FloatVector, { dimension: 16 }),
  field(103, 'meta', DataType.JSON),
]);
const indexes = [index(102, 'FLAT', 'L2')];
const state = { appliedTimestamp: 5n, lastDeleteTimestamp: 4n };

interface Thing {
  readonly key: number;
  /** Distance is its square. */
  readonly x: number;
  readonly color: number | null;
}

function segmentsOf(parts: readonly (readonly Thing[])[]): GrowingSegment[] {
  return parts.map((rows, i) => {
    const segment = new GrowingSegment({ id: i + 1, partitionId: 7, schema, indexes });
    if (rows.length === 0) return segment;
    const vectors = new Float32Array(rows.length * 16);
    rows.forEach((row, at) => {
      vectors[at * 16] = row.x;
    });
    const colors = BigInt64Array.from(rows, (row) => BigInt(row.color ?? 0));
    const valid = Uint8Array.from(rows, (row) => (row.color === null ? 0 : 1));
    const documents = rows.map((row) => (row.color === null ? '{}' : JSON.stringify({ a: { b: `c${row.color}` } })));
    const columns = new Map([
      [
        100,
        fixedColumn(
          DataType.Int64,
          BigInt64Array.from(rows, (row) => BigInt(row.key)),
        ),
      ],
      [101, fixedColumn(DataType.Int64, colors, valid)],
      [102, floatVectors(vectors)],
      [103, bytesColumnFrom(DataType.JSON, documents)],
    ]);
    segment.append({ rowCount: rows.length, columns }, BigInt(i + 1));
    return segment;
  });
}

async function grouped(segments: readonly GrowingSegment[], queries: readonly number[], more: Partial<SearchRequest>) {
  const data = new Float32Array(queries.length * 16);
  queries.forEach((x, i) => {
    data[i * 16] = x;
  });
  const request = SearchRequest.fromPartial({
    fieldId: 102,
    queries: bytesOf(data),
    queryCount: queries.length,
    metricType: 'L2',
    groupByFieldId: 101,
    groupSize: 1,
    ...more,
  });
  const response = await searchSegments(segments, request, { schema, indexes, filter: undefined, state });
  const keys = Array.from(decodeKeys(response.keys) as BigInt64Array, Number);
  const groups = groupKeysOf(decodeColumn(response.groupValues!));
  let at = 0;
  return Array.from(arrayFrom(Uint32Array, response.counts), (count) => {
    const hits = keys.slice(at, at + count).map((key, i) => ({ key, group: groups[at + i] }));
    at += count;
    return hits;
  });
}

/** All rows sorted, then counted off. */
function naive(rows: readonly Thing[], x: number, groupCount: number, groupSize: number) {
  const sorted = [...rows].sort((l, r) => (l.x - x) ** 2 - (r.x - x) ** 2 || l.key - r.key);
  const sizes = new Map<number | null, number>();
  return sorted.flatMap(({ key, color }) => {
    const size = sizes.get(color) ?? 0;
    if (size === groupSize || (size === 0 && sizes.size === groupCount)) return [];
    sizes.set(color, size + 1);
    return [{ key, group: color }];
  });
}

/** Distinct distances, so that there is one right answer; colors in runs, so that one group fills a neighbourhood. */
const things = fc
  .record({
    count: fc.integer({ min: 1, max: 400 }),
    seed: fc.integer(),
    colorCount: fc.integer({ min: 1, max: 12 }),
    isClustered: fc.boolean(),
    partCount: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ count, seed, colorCount, isClustered, partCount }) => {
    const random = randomNumbers(seed);
    const rows = Array.from({ length: count }, (_, key): Thing => {
      const color = isClustered ? Math.floor((key / count) * colorCount) : Math.floor(random() * colorCount);
      return { key, x: key + 0.25 * random(), color: color === 3 ? null : color };
    });
    const parts: Thing[][] = Array.from({ length: partCount }, () => []);
    for (const row of rows) parts[Math.floor(random() * partCount)]!.push(row);
    return { rows, parts };
  });

describe('grouped searches', () => {
  test('one row of each group: what grouping all rows gives, for several queries and segments', async () => {
    await fc.assert(
      fc.asyncProperty(
        things,
        fc.array(fc.nat(400), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 8 }),
        async ({ rows, parts }, queries, k) => {
          const found = await grouped(segmentsOf(parts), queries, { k });
          expect(found).toEqual(queries.map((x) => naive(rows, x, k, 1)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('several rows of named groups: all that there are, however far', async () => {
    await fc.assert(
      fc.asyncProperty(things, fc.nat(400), fc.integer({ min: 1, max: 10 }), async ({ rows, parts }, x, groupSize) => {
        const only = [null, 1, 7];
        const groupValues = encodeColumn(
          101,
          fixedColumn(
            DataType.Int64,
            BigInt64Array.from(only, (color) => BigInt(color ?? 0)),
            Uint8Array.from(only, (color) => (color === null ? 0 : 1)),
          ),
        );
        const wanted = rows.filter((row) => only.includes(row.color));
        const [found] = await grouped(segmentsOf(parts), [x], { k: only.length, groupSize, groupValues });
        expect(found).toEqual(naive(wanted, x, only.length, groupSize));
      }),
      { numRuns: 60 },
    );
  });

  test('a group that fills the neighbourhood hides none, deleted rows count for nothing, and the rows are searched no more than needed', async () => {
    const rows = Array.from({ length: 5_000 }, (_, key): Thing => ({ key, x: key, color: key < 4_900 ? 1 : key }));
    const [segment] = segmentsOf([rows]);
    segment!.applyDeletes(deletes(BigInt64Array.of(0n, 4_900n), 9n));
    const [found] = await grouped([segment!], [0], { k: 3 });
    expect(found).toEqual([
      { key: 1, group: 1 },
      { key: 4_901, group: 4_901 },
      { key: 4_902, group: 4_902 },
    ]);
  });

  test('values at a JSON path are groups, as JSON; rows without one are a group', async () => {
    const rows = [0, 1, 2, 3, 4].map((key): Thing => ({ key, x: key, color: [1, 1, null, 2, null][key]! }));
    const [found] = await grouped(segmentsOf([rows]), [0], { k: 5, groupByFieldId: 103, groupByPath: '/a/b' });
    expect(found).toEqual([
      { key: 0, group: '"c1"' },
      { key: 2, group: null },
      { key: 3, group: '"c2"' },
    ]);
  });
});
