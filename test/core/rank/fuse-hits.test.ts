import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetricType } from '../../../core/metric.ts';
import { decayOf } from '../../../core/rank/decay.ts';
import { type CandidateList, fuseHits, window } from '../../../core/rank/fuse-hits.ts';
import { changedScores, reciprocalRanks, weightedScores, worthTimesScore } from '../../../core/rank/fusions.ts';
import { normalizeScore } from '../../../core/rank/normalize-score.ts';

type Hit = { readonly key: bigint; readonly score: number };
type Queries = readonly (readonly Hit[])[];

const hits = fc
  .uniqueArray(fc.record({ key: fc.bigInt(0n, 20n), score: fc.integer({ min: 0, max: 8 }) }), {
    selector: (hit) => hit.key,
    maxLength: 12,
  })
  .map((list) => [...list].sort((left, right) => left.score - right.score));
const searches = fc
  .integer({ min: 1, max: 3 })
  .chain((queryCount) =>
    fc.array(fc.array(hits, { minLength: queryCount, maxLength: queryCount }), { minLength: 1, maxLength: 4 }),
  );

function listOf(queries: Queries): CandidateList {
  const all = queries.flat();
  return {
    counts: Uint32Array.from(queries, (query) => query.length),
    scores: Float32Array.from(all, (hit) => hit.score),
    keys: BigInt64Array.from(all, (hit) => hit.key),
  };
}

/** By hand: every key's total, sorted. */
function naive(
  lists: readonly Queries[],
  query: number,
  partOf: (list: number, place: number, score: number) => number,
  larger: boolean,
): Hit[] {
  const keys = [...new Set(lists.flatMap((list) => list[query]!.map((hit) => hit.key)))];
  const totals = keys.map((key) => {
    let score = 0;
    lists.forEach((list, i) => {
      const place = list[query]!.findIndex((hit) => hit.key === key);
      if (place >= 0) score += partOf(i, place + 1, list[query]![place]!.score);
    });
    return { key, score: Math.fround(score) };
  });
  return totals.sort(
    (left, right) => (larger ? right.score - left.score : left.score - right.score) || (left.key < right.key ? -1 : 1),
  );
}

function fusedQueries(
  lists: readonly Queries[],
  fusion: Parameters<typeof fuseHits>[2],
  offset: number,
  limit: number,
) {
  const candidates = lists.map(listOf);
  const fused = fuseHits(candidates, lists[0]!.length, fusion, window(offset, limit));
  let at = 0;
  return Array.from(fused.counts, (count) =>
    Array.from({ length: count }, () => {
      const key = candidates[fused.lists[at]!]!.keys[fused.rows[at]!] as bigint;
      return { key, score: fused.scores[at++]! };
    }),
  );
}

test('reciprocal ranks: the sum of 1 / (k + place), of any number of lists and queries', () => {
  fc.assert(
    fc.property(
      searches,
      fc.integer({ min: 1, max: 100 }),
      fc.nat(5),
      fc.integer({ min: 1, max: 10 }),
      (lists, k, offset, limit) => {
        const found = fusedQueries(lists, reciprocalRanks(k), offset, limit);
        const expected = lists[0]!.map((_, query) =>
          naive(lists, query, (_list, place) => 1 / (k + place), true).slice(offset, offset + limit),
        );
        expect(found).toEqual(expected);
      },
    ),
  );
});

test('weights: raw scores where all point the same way, turned distances where they do not, all normalised when asked for', () => {
  const metric = fc.constantFrom<MetricType>('L2', 'IP', 'COSINE', 'BM25', 'HAMMING');
  fc.assert(
    fc.property(
      searches,
      fc.array(metric, { minLength: 4, maxLength: 4 }),
      fc.boolean(),
      (lists, all, isNormalized) => {
        const metrics = all.slice(0, lists.length);
        const weights = metrics.map((_, i) => (i + 1) / 8);
        const isDistance = (name: MetricType) => name === 'L2' || name === 'HAMMING';
        const allDistances = metrics.every(isDistance);
        const isMixed = !allDistances && metrics.some(isDistance);
        const scale = (name: MetricType, score: number) => {
          if (isNormalized) return normalizeScore(name, score);
          return isMixed && isDistance(name) ? 1 - (2 * Math.atan(score)) / Math.PI : score;
        };
        const found = fusedQueries(lists, weightedScores(weights, metrics, isNormalized), 0, 100);
        const expected = lists[0]!.map((_, query) =>
          naive(
            lists,
            query,
            (list, _place, score) => weights[list]! * scale(metrics[list]!, score),
            isNormalized || !allDistances,
          ),
        );
        expect(found).toEqual(expected);
      },
    ),
  );
});

test('one search alone keeps its order', () => {
  const list: Queries = [
    [
      { key: 5n, score: 0.5 },
      { key: 1n, score: 0.25 },
      { key: 9n, score: 0.125 },
    ],
  ];
  const keys = (fusion: Parameters<typeof fuseHits>[2]) =>
    fusedQueries([list], fusion, 0, 10)[0]!.map((hit) => hit.key);
  expect(keys(reciprocalRanks(60))).toEqual([5n, 1n, 9n]);
  expect(keys(weightedScores([0.5], ['COSINE'], true))).toEqual([5n, 1n, 9n]);
  expect(keys(weightedScores([0.5], ['L2'], false))).toEqual([9n, 1n, 5n]);
  expect(keys(changedScores('IP', (score) => score))).toEqual([5n, 1n, 9n]);
});

test('worth times score: the best, the mean or the sum of the scores of a row', () => {
  const first: Queries = [
    [
      { key: 1n, score: 0.5 },
      { key: 2n, score: 0.25 },
    ],
  ];
  const second: Queries = [[{ key: 2n, score: 1 }]];
  const scores = (combine: 'max' | 'avg' | 'sum') =>
    fusedQueries(
      [first, second],
      worthTimesScore(['IP', 'IP'], false, combine, () => 0.5),
      0,
      10,
    )[0];
  expect(scores('max')).toEqual([
    { key: 2n, score: 0.5 },
    { key: 1n, score: 0.25 },
  ]);
  expect(scores('avg')).toEqual([
    { key: 2n, score: 0.3125 },
    { key: 1n, score: 0.25 },
  ]);
  expect(scores('sum')).toEqual([
    { key: 2n, score: 0.625 },
    { key: 1n, score: 0.25 },
  ]);
});

test('decay: 1 within the offset, `decay` at the scale, the curve in between', () => {
  for (const curve of ['gauss', 'exp', 'linear'] as const) {
    const decay = { curve, origin: 100, offset: 5, scale: 10, decay: 0.25 };
    expect(decayOf(decay, 105)).toBe(1);
    expect(decayOf(decay, 95)).toBe(1);
    expect(decayOf(decay, 115)).toBeCloseTo(0.25, 12);
    expect(decayOf(decay, 85)).toBeCloseTo(0.25, 12);
    expect(decayOf(decay, Number.POSITIVE_INFINITY)).toBe(curve === 'linear' ? 0.25 : 0);
  }
  expect(decayOf({ curve: 'gauss', origin: 0, offset: 0, scale: 10, decay: 0.5 }, 20)).toBeCloseTo(0.0625, 12);
  expect(decayOf({ curve: 'exp', origin: 0, offset: 0, scale: 10, decay: 0.5 }, 20)).toBeCloseTo(0.25, 12);
});
