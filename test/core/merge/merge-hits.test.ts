import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HitList, mergeHits } from '../../../core/merge/merge-hits.ts';

interface Hit {
  readonly score: number;
  readonly key: bigint | string;
  readonly timestamp: bigint;
}

/** A list from hits per query; each query's hits are sorted here. */
function listOf(queries: readonly (readonly Hit[])[], larger = false): HitList {
  const sorted = queries.map((hits) => hits.toSorted((a, b) => (larger ? b.score - a.score : a.score - b.score)));
  const hits = sorted.flat();
  const isText = hits.some((hit) => typeof hit.key === 'string');
  return {
    counts: Uint32Array.from(queries, (query) => query.length),
    scores: Float32Array.from(hits, (hit) => hit.score),
    keys: isText ? hits.map((hit) => hit.key as string) : BigInt64Array.from(hits, (hit) => hit.key as bigint),
    timestamps: BigUint64Array.from(hits, (hit) => hit.timestamp),
  };
}

function merge(lists: readonly HitList[], k: number, larger = false) {
  const queryCount = lists[0]?.counts.length ?? 1;
  const merged = mergeHits(lists, { queryCount, k, largerIsNearer: larger });
  let at = 0;
  const queries = Array.from(merged.counts, (count) => {
    const rows = Array.from({ length: count }, (_, i) => {
      const list = lists[merged.lists[at + i]!]!;
      const row = merged.rows[at + i]!;
      return { key: list.keys[row]!, score: list.scores[row]!, timestamp: list.timestamps[row]! };
    });
    at += count;
    return rows;
  });
  return { queries, short: [...merged.short] };
}

const hit = (score: number, key: bigint | string, timestamp = 1n): Hit => ({ score, key, timestamp });

describe('mergeHits', () => {
  test('ranks the hits of all lists, per query', () => {
    const left = listOf([[hit(1, 1n), hit(4, 4n)], [hit(7, 7n)]]);
    const right = listOf([[hit(2, 2n), hit(3, 3n)], []]);
    const { queries } = merge([left, right], 3);
    expect(queries.map((query) => query.map((row) => row.key))).toEqual([[1n, 2n, 3n], [7n]]);
  });

  test('puts larger scores first where larger is nearer', () => {
    const { queries } = merge([listOf([[hit(0.9, 1n), hit(0.1, 2n)]], true), listOf([[hit(0.5, 3n)]], true)], 3, true);
    expect(queries[0]!.map((row) => row.key)).toEqual([1n, 3n, 2n]);
  });

  test('gives ties to the smaller key', () => {
    const lists = [listOf([[hit(1, 9n)]]), listOf([[hit(1, -3n)]]), listOf([[hit(1, 4n)]])];
    expect(merge(lists, 3).queries[0]!.map((row) => row.key)).toEqual([-3n, 4n, 9n]);
  });

  test('keeps the newest row of a key, also where it ranks behind the k-th hit', () => {
    const old = listOf([[hit(1, 1n, 5n), hit(2, 2n, 5n), hit(4, 4n, 5n)]]);
    const young = listOf([[hit(3, 3n, 5n), hit(9, 1n, 6n)]]);
    expect(merge([old, young], 2).queries[0]!.map((row) => row.key)).toEqual([2n, 3n]);
    const all = merge([old, young], 10).queries[0]!;
    expect(all.map((row) => [row.key, row.score])).toEqual([
      [2n, 2],
      [3n, 3],
      [4n, 4],
      [1n, 9],
    ]);
  });

  test('tells where doubles ate hits that a cut list may still have', () => {
    const full = listOf([
      [hit(1, 1n, 1n), hit(2, 2n, 1n)],
      [hit(1, 1n, 1n), hit(2, 2n, 1n)],
    ]);
    const double = listOf([[hit(3, 1n, 2n)], [hit(3, 3n, 2n)]]);
    expect(merge([full, double], 3).short).toEqual([0, 0]);
    expect(merge([full, listOf([[hit(3, 1n, 2n), hit(4, 2n, 2n)], [hit(5, 5n, 2n)]])], 2).short).toEqual([0, 0]);
    const doubles = listOf([[hit(1, 1n, 1n), hit(2, 1n, 2n)], [hit(1, 1n, 1n)]]);
    expect(merge([doubles], 2).short).toEqual([1, 0]);
  });

  test('of nothing is nothing', () => {
    expect(merge([], 3)).toEqual({ queries: [[]], short: [0] });
    expect(merge([listOf([[], []])], 3)).toEqual({ queries: [[], []], short: [0, 0] });
  });

  const anyHit = (texts: boolean) =>
    fc.record({
      score: fc.integer({ min: 0, max: 30 }),
      key: fc.integer({ min: -10, max: 10 }).map((n) => (texts ? `k${n}` : BigInt(n) * 10_000_000_019n)),
      timestamp: fc.integer({ min: 1, max: 1_000_000 }).map(BigInt),
    });
  const anyLists = fc.boolean().chain((texts) =>
    fc.integer({ min: 1, max: 3 }).chain((queries) =>
      fc.array(fc.array(fc.array(anyHit(texts), { maxLength: 12 }), { minLength: queries, maxLength: queries }), {
        minLength: 1,
        maxLength: 12,
      }),
    ),
  );

  test('agrees with sorting everything', () => {
    fc.assert(
      fc.property(anyLists, fc.integer({ min: 1, max: 20 }), fc.boolean(), (queries, k, larger) => {
        const lists = queries.map((list) => listOf(list, larger));
        const merged = merge(lists, k, larger).queries;
        for (let query = 0; query < queries[0]!.length; query++) {
          const hits = queries.flatMap((list) => list[query]!);
          const newest = new Map<bigint | string, bigint>();
          for (const { key, timestamp } of hits) {
            if (timestamp > (newest.get(key) ?? 0n)) newest.set(key, timestamp);
          }
          const sign = larger ? -1 : 1;
          const wanted = hits.filter((h) => newest.get(h.key) === h.timestamp).map((h) => h.score);
          // Rows of one key and one timestamp count once; the scores of such are not told apart here.
          if (wanted.length > newest.size) continue;
          wanted.sort((a, b) => sign * (a - b));
          expect(merged[query]!.map((row) => row.score)).toEqual(wanted.slice(0, k));
          expect(new Set(merged[query]!.map((row) => row.key)).size).toBe(merged[query]!.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
