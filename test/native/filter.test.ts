import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VectorStore } from '../../native/vector-store.ts';
import { filterOf, randomNumbers, type Sample, sampleRows } from './sample-data.ts';
import { GRAPH, hitsPerQuery, meanRecall, storeOf } from './store-of.ts';

const ROWS = 20_000;
const DIMENSIONS = 32;
const K = 10;
const SEARCH = { k: K, expansion: 64 };

let rows: Sample;
let queries: Sample;
let store: VectorStore;

beforeAll(async () => {
  rows = sampleRows('f32', ROWS, DIMENSIONS);
  queries = sampleRows('f32', 40, DIMENSIONS, 2);
  store = await storeOf(rows, 'l2', GRAPH);
});
afterAll(() => store.close());

function queriesOf(count: number): Uint8Array {
  return queries.bytes.subarray(0, count * DIMENSIONS * 4);
}

/** A share of all rows, drawn at random. */
function randomShare(share: number): (row: number) => boolean {
  const random = randomNumbers(11);
  const allowed = Array.from({ length: ROWS }, () => random() < share);
  return (row) => allowed[row]!;
}

/** Whole clusters, those of high number, which are about `share` of all rows (see `sampleRows`). Most queries lie elsewhere. */
function clusterShare(share: number): (row: number) => boolean {
  const first = Math.floor(40 * (1 - share) ** 2);
  return (row) => rows.clusters[row]! >= first;
}

const FILTERS: readonly [string, number, (share: number) => (row: number) => boolean][] = [
  1, 0.95, 0.5, 0.3, 0.1, 0.01, 0.001,
].flatMap((share): [string, number, typeof randomShare][] => [
  [`${share * 100} % at random`, share, randomShare],
  [`clusters of ${share * 100} %`, share, clusterShare],
]);

test.each(FILTERS)('%s', async (_name, share, allowedBy) => {
  const isAllowed = allowedBy(share);
  const filter = filterOf(ROWS, isAllowed);
  expect(await meanRecall(store, rows, queries, { ...SEARCH, filter }, isAllowed)).toBeGreaterThan(0.96);
  expect(await meanRecall(store, rows, queries, { ...SEARCH, filter, method: 'exact' }, isAllowed)).toBe(1);
  const walked = await store.search(queries.bytes, queries.count, { ...SEARCH, filter, method: 'index' });
  expect(walked.method).toBe('graph');
  expect(Array.from(walked.offsets).every(isAllowed)).toBe(true);
});

test.each([0.5, 0.3, 0.2])('a walk under a filter that allows %d is as good as one without', async (share) => {
  const without = await meanRecall(store, rows, queries, { ...SEARCH, method: 'index' });
  for (const isAllowed of [randomShare(share), clusterShare(share)]) {
    const filter = filterOf(ROWS, isAllowed);
    const recall = await meanRecall(store, rows, queries, { ...SEARCH, filter, method: 'index' }, isAllowed);
    expect(recall).toBeGreaterThan(without - 0.02);
  }
});

test('a filtered search costs at most three times the unfiltered one, in distances', async () => {
  const { visited } = await store.search(queries.bytes, queries.count, { ...SEARCH, method: 'index' });
  for (const share of [0.95, 0.5, 0.3, 0.1, 0.01]) {
    for (const isAllowed of [randomShare(share), clusterShare(share)]) {
      const filtered = await store.search(queries.bytes, queries.count, {
        ...SEARCH,
        filter: filterOf(ROWS, isAllowed),
      });
      // Distances of a list go through memory in order: each costs less than half of one of a walk.
      const weight = filtered.method === 'graph' ? 1 : 0.4;
      expect((filtered.visited * weight) / visited).toBeLessThan(3);
    }
  }
});

test('few allowed rows are listed, many are walked, and the caller may decide', async () => {
  const few = filterOf(ROWS, (row) => row % 100 === 0);
  const methodOf = async (options: object) =>
    (await store.search(queries.bytes, queries.count, { ...SEARCH, ...options })).method;
  expect(await methodOf({})).toBe('graph');
  expect(await methodOf({ filter: few })).toBe('list');
  expect(await methodOf({ filter: few, method: 'index' })).toBe('graph');
  expect(await methodOf({ filter: few, allowedCount: ROWS })).toBe('graph');
  expect(await methodOf({ method: 'exact' })).toBe('exact');
});

test('nothing allowed, nothing found', async () => {
  for (const method of ['auto', 'exact', 'index'] as const) {
    const answer = await store.search(queriesOf(3), 3, { ...SEARCH, filter: new Uint8Array(ROWS / 8), method });
    expect(Array.from(answer.counts)).toEqual([0, 0, 0]);
    expect(answer.offsets.length + answer.distances.length).toBe(0);
  }
});

test('fewer allowed than asked for: all of them', async () => {
  const allowed = [3, 4_711, ROWS - 1];
  const filter = filterOf(ROWS, (row) => allowed.includes(row));
  for (const method of ['auto', 'exact', 'index'] as const) {
    const answer = await store.search(queriesOf(1), 1, { ...SEARCH, filter, method });
    expect(Array.from(answer.offsets).sort((a, b) => a - b)).toEqual(allowed);
  }
});

test('rows at or beyond visibleRows are not seen, and need no bits', async () => {
  for (const visibleRows of [0, 1, 13, 10_001, ROWS - 1]) {
    for (const method of ['auto', 'exact', 'index'] as const) {
      for (const filter of [undefined, filterOf(visibleRows, () => true)]) {
        const options = { ...SEARCH, ...(filter && { filter }), visibleRows, method };
        const answer = await store.search(queries.bytes, queries.count, options);
        expect(answer.counts[0]).toBe(Math.min(K, visibleRows));
        expect(answer.offsets.every((offset) => offset < visibleRows)).toBe(true);
      }
    }
  }
  const visibleRows = 15_000;
  const recall = await meanRecall(store, rows, queries, { ...SEARCH, visibleRows }, (row) => row < visibleRows);
  expect(recall).toBeGreaterThan(0.96);
});

test('bits beyond visibleRows do not count', async () => {
  const filter = new Uint8Array(ROWS / 8).fill(255);
  const answer = await store.search(queriesOf(5), 5, { ...SEARCH, filter, visibleRows: 9 });
  expect(answer.offsets.every((offset) => offset < 9)).toBe(true);
});

test('a filter that is part of a larger buffer', async () => {
  const isAllowed = randomShare(0.3);
  const padded = new Uint8Array(ROWS / 8 + 5);
  padded.set(filterOf(ROWS, isAllowed), 3);
  const filter = padded.subarray(3, 3 + ROWS / 8);
  const answer = hitsPerQuery(await store.search(queries.bytes, queries.count, { ...SEARCH, filter }));
  expect(answer.flat().every(({ row }) => isAllowed(row))).toBe(true);
});
