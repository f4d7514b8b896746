import { describe, expect, test } from 'vitest';
import type { Column } from '../../../core/columns/column.ts';
import { bytesColumn, fixedColumn } from '../../../core/columns/column-operations.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { mergeSegments } from '../../../node/segment/merge-segments.ts';
import { openSealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { Segment, SegmentSearch } from '../../../node/segment/segment.ts';
import { encode, scoresOf, type Vector } from '../../native/sparse-vectors.ts';
import {
  deletes,
  field,
  index,
  keysFrom,
  randomNumbers,
  recordOf,
  schemaOf,
  sealSegment,
  searchOnce,
  temporaryFolder,
} from './fixture.ts';

const schema = schemaOf([
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'color', DataType.Int32),
  field(102, 'sparse', DataType.SparseFloatVector),
]);
const indexes = [index(102, 'SPARSE_INVERTED_INDEX', 'IP')];

function sparseRows(count: number, seed = 3): Vector[] {
  const random = randomNumbers(seed);
  const vector = () => {
    const pairs = Array.from({ length: 10 }, (): [number, number] => [Math.floor(random() ** 3 * 300), random() + 0.1]);
    return new Map(pairs);
  };
  return Array.from({ length: count }, vector);
}

function append(segment: GrowingSegment, rows: readonly Vector[], keys: BigInt64Array, timestamp: bigint): void {
  const { bytes, offsets } = encode(rows);
  const columns = new Map<number, Column>([
    [100, fixedColumn(DataType.Int64, keys)],
    [
      101,
      fixedColumn(
        DataType.Int32,
        Int32Array.from(rows, (_, i) => i % 10),
      ),
    ],
    [102, bytesColumn(DataType.SparseFloatVector, offsets, bytes)],
  ]);
  segment.append({ rowCount: rows.length, columns }, timestamp);
}

function search(queries: readonly Vector[], more: Partial<SegmentSearch> = {}): SegmentSearch {
  const { bytes, offsets } = encode(queries);
  return {
    ...{
      fieldId: 102,
      metric: 'IP',
      k: 10,
      expansion: 0,
      probes: 0,
      candidates: 0,
      filter: undefined,
      radius: undefined,
    },
    ...{ queries: bytes, queryCount: queries.length, queryOffsets: offsets },
    ...{ rangeFilter: undefined, dropRatio: 0, bm25: undefined, ...more },
  };
}

const rows = sparseRows(20_000);
const queries = sparseRows(7, 99);

function growingSegment(): GrowingSegment {
  const segment = new GrowingSegment({ id: 5, partitionId: 7, schema, indexes });
  for (let from = 0; from < rows.length; from += 5_000) {
    append(segment, rows.slice(from, from + 5_000), keysFrom(from, 5_000), 100n + BigInt(from));
  }
  return segment;
}

/** Every hit has its row's score, and there are no better rows among those that count. */
async function expectExact(segment: Segment, request: SegmentSearch, isAllowed: (row: number) => boolean) {
  const { counts, scores, offsets } = await searchOnce(segment, request);
  let at = 0;
  queries.forEach((query, i) => {
    const all = scoresOf(rows, query);
    const best = all.filter((score, row) => score > 0 && isAllowed(row)).sort((left, right) => right - left);
    expect(counts[i]).toBe(Math.min(request.k, best.length));
    for (let place = 0; place < counts[i]!; place++, at++) {
      expect(isAllowed(offsets[at]!)).toBe(true);
      expect(scores[at]).toBeCloseTo(all[offsets[at]!]!, 4);
      expect(scores[at]).toBeCloseTo(best[place]!, 4);
    }
  });
}

describe.each(['growing', 'growing, in postings', 'sealed'])('a sparse field, %s', (state) => {
  async function segmentIn(folder: string): Promise<Segment> {
    const growing = growingSegment();
    if (state === 'growing') return growing;
    if (state !== 'sealed') {
      await growing.indexPending();
      return growing;
    }
    return sealSegment(growing, folder, indexes);
  }

  test('finds the rows with the largest inner products, filter and deletes applied', async () => {
    await using folder = await temporaryFolder();
    const segment = await segmentIn(folder.path);
    await expectExact(segment, search(queries), () => true);
    segment.applyDeletes(deletes(keysFrom(0, 4_000), 1_000_000n));
    await expectExact(segment, search(queries, { k: 50 }), (row) => row >= 4_000);
    const filter = compileFilter('color == 3', schema);
    await expectExact(segment, search(queries, { filter, k: 2_000 }), (row) => row >= 4_000 && row % 10 === 3);
    segment.close();
  });

  test('keeps to a range', async () => {
    await using folder = await temporaryFolder();
    const segment = await segmentIn(folder.path);
    const { scores } = await searchOnce(
      segment,
      search(queries.slice(0, 1), { k: 300, radius: 0.5, rangeFilter: 0.9 }),
    );
    const inRange = scoresOf(rows, queries[0]!).filter((score) => score > 0.5 && score <= 0.9);
    expect(scores.length).toBe(Math.min(300, inRange.length));
    expect(Math.min(...scores)).toBeGreaterThan(0.5);
    expect(Math.max(...scores)).toBeLessThanOrEqual(0.9);
    segment.close();
  });
});

test('a key with several rows is found once', async () => {
  const segment = new GrowingSegment({ id: 5, partitionId: 7, schema, indexes });
  const same = new Array<Vector>(50).fill(new Map([[1, 1]]));
  append(segment, same, new BigInt64Array(50), 100n);
  append(segment, [new Map([[1, 0.5]])], BigInt64Array.of(1n), 101n);
  const { counts, scores } = await searchOnce(segment, search([new Map([[1, 2]])], { k: 5 }));
  expect([...counts, ...scores]).toEqual([2, 2, 1]);
});

test('compaction carries sparse vectors over', async () => {
  await using from = await temporaryFolder();
  await using to = await temporaryFolder();
  const source = await sealSegment(growingSegment(), from.path, indexes);
  source.applyDeletes(deletes(keysFrom(0, 10_000), 1_000_000n));
  const options = { id: 9, partitionId: 7, schema, indexes, deletesAppliedTimestamp: 1_000_000n };
  const written = await mergeSegments([source], to.path, options);
  const merged = await openSealedSegment(recordOf(written!, 9), { schema, indexes, folder: to.path });
  const { scores } = await searchOnce(merged, search(queries.slice(0, 1)));
  const expected = scoresOf(rows.slice(10_000), queries[0]!).sort((left, right) => right - left);
  expect(scores[9]).toBeCloseTo(expected[9]!, 4);
});
