import { expect, test } from 'vitest';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { bytesOf, DIMENSION, index, search, smallBatch, smallSchema } from './fixture.ts';

const ROW_COUNT = 70_000;

/** Row i lies at (i, 0, ...): its distance is i squared. */
function segmentOfALine(): GrowingSegment {
  const vectors = new Float32Array(ROW_COUNT * DIMENSION);
  for (let row = 0; row < ROW_COUNT; row++) vectors[row * DIMENSION] = row;
  const indexes = [index(102, 'FLAT', 'L2')];
  const segment = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes });
  segment.append(
    smallBatch(
      BigInt64Array.from({ length: ROW_COUNT }, (_, i) => BigInt(i)),
      vectors,
    ),
    1n,
  );
  return segment;
}

test('a range that begins beyond the rows an index sees at once is found, and ends where it ends', async () => {
  using snapshot = segmentOfALine().snapshot();
  const query = new Float32Array(2 * DIMENSION);
  const asked = search(query, { k: 5, queries: bytesOf(query), queryCount: 2, isExact: true });
  const from = await snapshot.search({ ...asked, rangeFilter: Math.fround(66_000 ** 2) });
  expect([...from.counts]).toEqual([5, 5]);
  expect([...from.offsets.subarray(5)]).toEqual([66_000, 66_001, 66_002, 66_003, 66_004]);
  const between = await snapshot.search({
    ...asked,
    rangeFilter: Math.fround(40_000 ** 2),
    radius: Math.fround(40_003 ** 2),
  });
  expect([...between.counts]).toEqual([3, 3]);
  const last = await snapshot.search({ ...asked, rangeFilter: Math.fround(69_998 ** 2) });
  expect([...last.offsets.subarray(0, 2)]).toEqual([69_998, 69_999]);
});
