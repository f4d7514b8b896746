import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FixedColumn } from '../../../core/columns/column.ts';
import { fixedColumn } from '../../../core/columns/column-operations.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { ExpiredRows } from '../../../node/segment/expired-rows.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { LIMITS } from '../../../node/segment/limits.ts';
import { querySegments, searchSegments } from '../../../node/segment/read-segments.ts';
import type { Segment } from '../../../node/segment/segment.ts';
import { QueryRequest, SearchRequest } from '../../../proto/generated/node.ts';
import { arrayFrom, decodeKeys } from '../../../proto/node-protocol/column-codec.ts';
import {
  bytesOf,
  clusteredVectors,
  DIMENSION,
  index,
  keysFrom,
  sealSegment,
  smallBatch,
  smallSchema,
  temporaryFolder,
} from './fixture.ts';

const flat = [index(102, 'FLAT', 'L2')];
const state = { appliedTimestamp: 0n, lastDeleteTimestamp: 0n };

test('rows inserted before the moment are marked, to the last bit of the timestamp', async () => {
  const timestamp = fc.oneof(
    fc.bigInt({ min: 0n, max: 40n }),
    fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    fc.constantFrom(2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 62n),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(timestamp, { maxLength: 70 }), timestamp, async (timestamps, before) => {
      const column = fixedColumn(DataType.Int64, BigInt64Array.from(timestamps));
      const chunks = (): FixedColumn => column;
      const bits = await new ExpiredRows().bits({ fieldId: 0, before }, timestamps.length, chunks);
      const marked = timestamps.map((_, row) => (bits[row >>> 3]! & (1 << (row & 7))) !== 0);
      expect(marked).toEqual(timestamps.map((value) => value < before));
    }),
  );
});

test('the same question gets the same bits, over several chunks', async () => {
  const rowCount = LIMITS.chunkRows * 2 + 5;
  const values = BigInt64Array.from({ length: rowCount }, (_, row) => BigInt(row));
  const chunks = [0, 1, 2].map((chunk) =>
    fixedColumn(DataType.Int64, values.slice(chunk * LIMITS.chunkRows, (chunk + 1) * LIMITS.chunkRows)),
  );
  const expired = new ExpiredRows();
  const bitsAt = (moment: bigint) => expired.bits({ fieldId: 0, before: moment }, rowCount, (chunk) => chunks[chunk]!);
  const before = BigInt(LIMITS.chunkRows + 3);
  const bits = await bitsAt(before);
  const count = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  expect(count).toBe(LIMITS.chunkRows + 3);
  expect(await bitsAt(before)).toBe(bits);
  expect(await bitsAt(before + 1n)).not.toBe(bits);
});

/** Keys 0..9 come at 100, keys 10..19 at 200. */
function growing(): GrowingSegment {
  const segment = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes: flat });
  const vectors = clusteredVectors(20, DIMENSION);
  segment.append(smallBatch(keysFrom(0, 10), vectors.subarray(0, 10 * DIMENSION)), 100n);
  segment.append(smallBatch(keysFrom(10, 10), vectors.subarray(10 * DIMENSION)), 200n);
  return segment;
}

async function readAll(segment: Segment, expiredBefore: bigint, filterText?: string) {
  const filter = filterText === undefined ? undefined : compileFilter(filterText, smallSchema);
  const options = { schema: smallSchema, indexes: flat, state, filter, expiry: { fieldId: 0, before: expiredBefore } };
  const queried = await querySegments([segment], QueryRequest.fromPartial({}), options);
  const counted = await querySegments([segment], QueryRequest.fromPartial({ countOnly: true }), options);
  const found = await searchSegments(
    [segment],
    SearchRequest.fromPartial({
      fieldId: 102,
      queries: bytesOf(clusteredVectors(1, DIMENSION)),
      queryCount: 1,
      k: 20,
      metricType: 'L2',
    }),
    options,
  );
  const searched = [...decodeKeys(found.keys)].map(Number).sort((left, right) => left - right);
  const keys = [...decodeKeys(queried.keys)].map(Number);
  expect(counted.count).toBe(keys.length);
  expect(searched).toEqual(keys);
  expect(arrayFrom(BigUint64Array, queried.timestamps).every((timestamp) => timestamp >= expiredBefore)).toBe(true);
  return keys;
}

test.each(['growing', 'sealed'])('a %s segment shows the rows that are young enough, to all reads', async (kind) => {
  await using folder = await temporaryFolder();
  const rows = growing();
  const segment: Segment = kind === 'growing' ? rows : await sealSegment(rows, folder.path, flat);
  const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  expect(await readAll(segment, 0n)).toEqual(keys(0, 20));
  expect(await readAll(segment, 100n)).toEqual(keys(0, 20));
  expect(await readAll(segment, 101n)).toEqual(keys(10, 20));
  expect(await readAll(segment, 200n)).toEqual(keys(10, 20));
  expect(await readAll(segment, 201n)).toEqual([]);
  expect(await readAll(segment, 150n, 'color == 3')).toEqual([13]);
  expect(await readAll(segment, 150n, 'id in [3, 13]')).toEqual([13]);
  // The moment may go back: the property was changed.
  expect(await readAll(segment, 0n)).toEqual(keys(0, 20));
  segment.close();
});

test('by a field: rows whose time has come, but nulls, zeroes and what lies before 1970; found again as rows come and time passes', async () => {
  const moment = fc.option(fc.bigInt({ min: -3n, max: 12n }));
  const steps = fc.array(fc.record({ more: fc.nat(9), before: fc.bigInt({ min: 1n, max: 14n }) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 60 }), steps, async (moments, walk) => {
      const valid = Uint8Array.from(moments, (value) => (value === null ? 0 : 1));
      const values = BigInt64Array.from(moments, (value) => value ?? 5n);
      const column = fixedColumn(DataType.Timestamptz, values, valid);
      const expired = new ExpiredRows();
      let rowCount = 1;
      for (const { more, before } of walk) {
        rowCount = Math.min(moments.length, rowCount + more);
        const bits = await expired.bits({ fieldId: 104, before }, rowCount, () => column);
        const marked = moments.slice(0, rowCount).map((_, row) => (bits[row >>> 3]! & (1 << (row & 7))) !== 0);
        const wanted = moments.slice(0, rowCount).map((value) => value !== null && value > 0n && value < before);
        expect(marked).toEqual(wanted);
      }
    }),
  );
});
