import { afterEach, expect, test, vi } from 'vitest';
import { testBit } from '../../../core/bitset.ts';
import { bytesColumnFrom, bytesOfColumn } from '../../../core/columns/column-operations.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import type { Filter } from '../../../core/filter/filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { FilterResults } from '../../../node/segment/filter-results.ts';
import { gatherRows } from '../../../node/segment/gather-rows.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { LIMITS } from '../../../node/segment/limits.ts';
import { mergeSegments } from '../../../node/segment/merge-segments.ts';
import { Snapshot } from '../../../node/segment/snapshot.ts';
import { decodeColumn } from '../../../proto/node-protocol/column-codec.ts';
import { field, floatVectors, keyColumn, keysFrom, schemaOf, temporaryFolder, textsOf } from './fixture.ts';

const ROWS = 400;
/** Every tenth array is so long: a piece has room for ten of them. */
const LONG_BYTES = 100_000;
const schema = schemaOf([
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'numbers', DataType.Array, { elementType: DataType.Int32, maxCapacity: 4096 }),
  field(102, 'vector', DataType.FloatVector, { dimension: 2 }),
  field(103, 'note', DataType.VarChar, { nullable: true, maxLength: 100 }),
]);
const later = field(104, 'later', DataType.VarChar, { defaultValue: 'a text that no row has brought', maxLength: 100 });

/** `mayBeLong`: otherwise all arrays are short. */
function segmentOf(id: number, from: number, mayBeLong = true): GrowingSegment {
  const segment = new GrowingSegment({ id, partitionId: 7, schema, indexes: [] });
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  const numbers = rows.map((row) => {
    const isLong = mayBeLong && row % 10 === 0;
    return new Uint8Array(new Int32Array(isLong ? LONG_BYTES / 4 : row % 3).fill(from + row).buffer);
  });
  const columns = new Map([
    [100, keyColumn(keysFrom(from, ROWS))],
    [101, bytesColumnFrom(DataType.Array, numbers)],
    [
      102,
      floatVectors(
        Float32Array.from({ length: ROWS * 2 }, (_, i) => from + i),
        2,
      ),
    ],
    [
      103,
      bytesColumnFrom(
        DataType.VarChar,
        rows.map((row) => (row % 7 === 0 ? undefined : `note ${from + row}`)),
      ),
    ],
  ]);
  segment.append({ rowCount: ROWS, columns }, 1n);
  return segment;
}

afterEach(() => vi.restoreAllMocks());

/** The bytes of everything that is gathered from now on, call by call. */
function watchGathers(): number[] {
  const sizes: number[] = [];
  const gather = Snapshot.prototype.gather;
  vi.spyOn(Snapshot.prototype, 'gather').mockImplementation(function (this: Snapshot, ...of) {
    const column = gather.apply(this, of);
    sizes.push(bytesOfColumn(column));
    return column;
  });
  return sizes;
}

test('rows of several segments are gathered in pieces of bounded bytes, and come as they are', async () => {
  const segments = [segmentOf(1, 0), segmentOf(2, 10_000), segmentOf(3, 20_000)];
  for (const segment of segments) segment.updateSchema({ ...schema, fields: [...schema.fields, later], version: 2 });
  const snapshots = segments.map((segment) => segment.snapshot());
  const count = ROWS * 3;
  const places = {
    segments: Uint32Array.from({ length: count }, (_, i) => (i * 7) % 3),
    offsets: Uint32Array.from({ length: count }, (_, i) => (i * 131) % ROWS),
  };
  const expected = (fieldId: number) =>
    [...places.segments].map((segment, i) => {
      const column = snapshots[segment]!.gather(fieldId, places.offsets.slice(i, i + 1));
      return textsOf(column)[0];
    });
  const ids = [100, 101, 102, 103, 104];
  const wanted = ids.map(expected);
  const sizes = watchGathers();
  const messages = await gatherRows(snapshots, places, ids);
  expect(messages.map((message) => textsOf(decodeColumn(message)))).toEqual(wanted);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(10 * LIMITS.copyBytes);
  expect(Math.max(...sizes)).toBeLessThan(LIMITS.copyBytes + LONG_BYTES);
  for (const snapshot of snapshots) snapshot[Symbol.dispose]();
  for (const segment of segments) segment.close();
});

test('no rows give empty columns', async () => {
  const segment = segmentOf(1, 0);
  using snapshot = segment.snapshot();
  const none = { segments: new Uint32Array(0), offsets: new Uint32Array(0) };
  const messages = await gatherRows([snapshot], none, [100, 101, 102, 103]);
  expect(messages.map(({ fieldId, rowCount, data }) => [fieldId, rowCount, data.length])).toEqual(
    [100, 101, 102, 103].map((id) => [id, 0, 0]),
  );
  segment.close();
});

test('a merge passes rows on in pieces of bounded bytes', async () => {
  await using folder = await temporaryFolder();
  const sources = [segmentOf(1, 0), segmentOf(2, 10_000, false)];
  const sizes = watchGathers();
  const options = { id: 3, partitionId: 7, schema, indexes: [], deletesAppliedTimestamp: 1n };
  const merged = await mergeSegments(sources, folder.path, options);
  expect(merged?.rowCount).toBe(2 * ROWS);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(3 * LIMITS.copyBytes);
  expect(Math.max(...sizes)).toBeLessThan(LIMITS.copyBytes + LONG_BYTES);
  for (const source of sources) source.close();
});

test('a filter looks at long arrays in pieces of bounded bytes', async () => {
  const segment = segmentOf(1, 0);
  const filter = compileFilter('array_contains(numbers, 110) or array_length(numbers) == 2', schema);
  const sizes: number[] = [];
  const watched: Filter = {
    ...filter,
    costPerRowNs: filter.costPerRowNs,
    evaluate: (rows, out) => {
      sizes.push(bytesOfColumn(rows.column(101)!));
      filter.evaluate(rows, out);
    },
  };
  const passing = await new FilterResults({ columns: segment.scalars }).rows(watched, ROWS, []);
  const wanted = Array.from({ length: ROWS }, (_, row) => row === 110 || (row % 10 !== 0 && row % 3 === 2));
  expect(passing.count).toBe(wanted.filter(Boolean).length);
  expect(wanted.map((_, row) => testBit(passing.bits!, row))).toEqual(wanted);
  expect(Math.max(...sizes)).toBeLessThan(2 * 1024 * 1024 + LONG_BYTES);
  expect(sizes.length).toBeGreaterThan(1);
  segment.close();
});
