import { expect, test } from 'vitest';
import type { SegmentRecord } from '../../../core/catalog.ts';
import { BUILDER_LIMITS } from '../../../node/builder/limits.ts';
import { type CompactionCandidate, planCompaction } from '../../../node/builder/plan-compaction.ts';

const POLICY = { segmentRowsMax: 100_000, segmentBytesMax: 1e9, deletedRatio: 0.2, smallRatio: 0.5, segmentsMin: 4 };

function candidate(
  id: number,
  rowCount: number,
  change: Partial<CompactionCandidate> = {},
  partitionId = 1,
): CompactionCandidate {
  const record = { id, partitionId, rowCount, byteLength: rowCount * 100 } as SegmentRecord;
  return { record, deletedCount: 0, unappliedDeletes: 0, isExpired: false, isOutdated: false, ...change };
}

const plan = (candidates: CompactionCandidate[], change: Partial<typeof POLICY> = {}) =>
  planCompaction(candidates, { ...POLICY, ...change }).map(
    ({ reason, segmentIds }) => `${reason} ${segmentIds.join()}`,
  );

test('large segments without deletes are left alone', () => {
  expect(plan([candidate(1, 90_000), candidate(2, 60_000)])).toEqual([]);
});

test('segments with many deletes or another index are rewritten alone', () => {
  const candidates = [
    candidate(1, 90_000, { deletedCount: 18_000 }),
    candidate(2, 90_000, { deletedCount: 17_999 }),
    candidate(3, 90_000, { isOutdated: true }),
  ];
  expect(plan(candidates)).toEqual(['deletes 1', 'index 3']);
});

test('segments whose rows have all expired go, whatever else could be said of them', () => {
  const expired = { isExpired: true, deletedCount: 10 };
  expect(plan([candidate(1, 10, { ...expired, isOutdated: true }), candidate(2, 90_000, expired)])).toEqual([
    'expired 1',
    'expired 2',
  ]);
});

test('small segments of similar size and one partition are merged, as many as fit', () => {
  const twelve = Array.from({ length: 12 }, (_, index) => candidate(index + 1, 20_000, {}, 1 + (index % 2)));
  expect(plan(twelve)).toEqual(['small 1,3,5,7,9', 'small 2,4,6,8,10']);
  expect(plan(twelve.slice(0, 6))).toEqual([]);
  expect(plan(twelve.slice(0, 6), { segmentsMin: 2 })).toEqual(['small 1,3,5', 'small 2,4,6']);
});

test('a large small segment is not rewritten for a few tiny ones', () => {
  const sizes = [40_000, 300, 300, 300];
  expect(
    plan(
      sizes.map((rows, index) => candidate(index + 1, rows)),
      { segmentsMin: 3 },
    ),
  ).toEqual(['small 2,3,4']);
});

test('rows that are only written once in a while are rewritten about log n times', () => {
  let segments: CompactionCandidate[] = [];
  let written = 0;
  let id = 0;
  for (let sealed = 0; sealed < 400; sealed++) {
    segments.push(candidate(++id, 100));
    for (const { segmentIds } of planCompaction(segments, { ...POLICY, segmentRowsMax: 1_000_000 })) {
      const rows = segments
        .filter(({ record }) => segmentIds.includes(record.id))
        .reduce((sum, { record }) => sum + record.rowCount, 0);
      segments = [...segments.filter(({ record }) => !segmentIds.includes(record.id)), candidate(++id, rows)];
      written += rows;
    }
  }
  expect(written / (400 * 100)).toBeLessThan(8);
  expect(segments.length).toBeLessThan(20);
});

test('with the threshold of a manual request one deleted row is enough', () => {
  expect(plan([candidate(1, 90_000, { deletedCount: 1 })], { deletedRatio: 0 })).toEqual(['deletes 1']);
  expect(plan([candidate(1, 100, { deletedCount: 0 })], { deletedRatio: 0, segmentsMin: 2 })).toEqual([]);
});

test('a large segment for whose sake many deletes are kept is rewritten, although they hit few of its rows', () => {
  const most = BUILDER_LIMITS.unappliedDeletesMax;
  const old = candidate(1, 90_000, { deletedCount: 5, unappliedDeletes: most });
  const young = candidate(2, 90_000, { deletedCount: 5, unappliedDeletes: most - 1 });
  expect(plan([old, young])).toEqual(['stale 1']);
});
