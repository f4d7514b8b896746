import { expect, test } from 'vitest';
import type { Metric, Scalar } from '../../native/vector-store.ts';
import { bruteForce, sampleRows, vectorOf } from './sample-data.ts';
import { GRAPH, hitsPerQuery, meanRecall, storeOf } from './store-of.ts';

const ROWS = 5_000;
const DIMENSIONS = 64;
const QUERIES = 40;
const K = 10;

const PAIRS: readonly [Scalar, Metric][] = [
  ...(['f32', 'f16', 'bf16', 'i8'] as const).flatMap((scalar) =>
    (['l2', 'ip', 'cosine'] as const).map((metric): [Scalar, Metric] => [scalar, metric]),
  ),
  ['b1', 'hamming'],
  ['b1', 'jaccard'],
];

test.each(PAIRS)('%s rows, %s: the walk finds the neighbours, the scan finds all of them', async (scalar, metric) => {
  const rows = sampleRows(scalar, ROWS, DIMENSIONS);
  const queries = sampleRows(scalar, QUERIES, DIMENSIONS, 2);
  const store = await storeOf(rows, metric, GRAPH);
  expect(await meanRecall(store, rows, queries, { k: K, expansion: 96, method: 'index' })).toBeGreaterThan(0.97);
  expect(await meanRecall(store, rows, queries, { k: K, expansion: 96, method: 'exact' })).toBe(1);
  store.close();
});

test.each(PAIRS)('%s rows, %s: distances are what the metric says, nearest first', async (scalar, metric) => {
  const rows = sampleRows(scalar, 500, 40);
  const queries = sampleRows(scalar, 5, 40, 2);
  const store = await storeOf(rows, metric, GRAPH);
  for (const method of ['exact', 'index'] as const) {
    const answer = await store.search(queries.bytes, queries.count, { k: 20, expansion: 200, method });
    expect(answer.method).toBe(method === 'index' ? 'graph' : 'exact');
    expect(answer.visited).toBeGreaterThan(0);
    hitsPerQuery(answer).forEach((found, query) => {
      const truth = bruteForce(metric, rows, vectorOf(queries, query), 20);
      expect(found.length).toBe(20);
      found.forEach(({ distance }, i) => {
        expect(Math.abs(distance - truth[i]!.distance)).toBeLessThan(1e-4 * (1 + Math.abs(truth[i]!.distance)));
      });
    });
  }
  store.close();
});

test.each(['f32', 'f16', 'bf16'] as const)('a graph over a %s copy of f32 rows', async (copy) => {
  const rows = sampleRows('f32', ROWS, DIMENSIONS);
  const queries = sampleRows('f32', QUERIES, DIMENSIONS, 2);
  for (const metric of ['l2', 'cosine'] as const) {
    const store = await storeOf(rows, metric, { ...GRAPH, scalar: copy });
    expect(await meanRecall(store, rows, queries, { k: K, expansion: 96, method: 'index' })).toBeGreaterThan(0.97);
    store.close();
  }
});

test('many threads build as good a graph as one, from rows sorted by cluster', async () => {
  // Sorted rows are the hard case: rows that threads insert at the same time are each other's neighbours.
  const unsorted = sampleRows('f32', ROWS, DIMENSIONS);
  const order = Array.from(unsorted.clusters.keys()).sort((a, b) => unsorted.clusters[a]! - unsorted.clusters[b]!);
  const values = new Float64Array(unsorted.values.length);
  order.forEach((from, to) => {
    values.set(vectorOf(unsorted, from), to * DIMENSIONS);
  });
  const rows = { ...unsorted, values, bytes: new Uint8Array(Float32Array.from(values).buffer) };
  const queries = sampleRows('f32', 200, DIMENSIONS, 2);
  const recalls: number[] = [];
  for (const threads of [1, 16]) {
    const store = await storeOf({ ...rows, count: 0, bytes: new Uint8Array() }, 'l2', GRAPH);
    store.append(rows.bytes, rows.count);
    expect(await store.index({ threads })).toBe(ROWS);
    recalls.push(await meanRecall(store, rows, queries, { k: K, expansion: 32, method: 'index' }));
    store.close();
  }
  expect(recalls[1]!).toBeGreaterThan(recalls[0]! - 0.01);
});

test('a zero vector is similar to nothing', async () => {
  const rows = sampleRows('f32', 100, 8);
  const store = await storeOf(rows, 'cosine', GRAPH);
  store.append(new Uint8Array(8 * 4), 1);
  await store.index();
  const zero = await store.search(new Uint8Array(8 * 4), 1, { k: 3, expansion: 16, method: 'index' });
  expect(Array.from(zero.distances).map(Math.abs)).toEqual([0, 0, 0]);
  const all = await store.search(rows.bytes.subarray(0, 32), 1, { k: 101, expansion: 200, method: 'exact' });
  expect(Math.abs(all.distances[all.offsets.indexOf(100)]!)).toBe(0);
  store.close();
});

test('two empty sets are equal', async () => {
  const store = await storeOf({ ...sampleRows('b1', 10, 16), bytes: new Uint8Array(20) }, 'jaccard');
  const answer = await store.search(new Uint8Array(2), 1, { k: 1, expansion: 1 });
  expect(answer.distances[0]).toBe(0);
  store.close();
});

test('NaN and infinity are far from everything, and end no process', async () => {
  const rows = sampleRows('f32', 2_000, 16);
  const floats = new Float32Array(rows.bytes.buffer);
  floats.fill(Number.NaN, 16 * 50, 16 * 60);
  floats.fill(Number.POSITIVE_INFINITY, 16 * 70, 16 * 80);
  for (const metric of ['l2', 'ip', 'cosine'] as const) {
    const store = await storeOf(rows, metric, GRAPH);
    const query = new Uint8Array(Float32Array.from({ length: 16 }, () => Number.NaN).buffer);
    for (const method of ['index', 'exact'] as const) {
      const answer = await store.search(query, 1, { k: 5, expansion: 50, method });
      expect(answer.counts[0]).toBe(5);
      const sane = await store.search(rows.bytes.subarray(0, 64), 1, { k: 5, expansion: 50, method });
      expect(sane.counts[0]).toBe(5);
    }
    store.close();
  }
});
