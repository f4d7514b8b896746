import { expect, test } from 'vitest';
import { createVectorStore } from '../../native/native.ts';
import { bruteForce, distanceBetween, recallOf, sampleRows, vectorOf } from './sample-data.ts';
import { GRAPH, hitsPerQuery, meanRecall, storeOf } from './store-of.ts';

const DIMENSIONS = 32;

test('eight searches at a time while rows are appended and indexed', async () => {
  const rows = sampleRows('f32', 12_000, DIMENSIONS);
  const queries = sampleRows('f32', 16, DIMENSIONS, 2);
  const store = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'l2', index: GRAPH });
  const batch = 500;
  let isWriting = true;
  let searches = 0;
  const search = async (): Promise<void> => {
    while (isWriting) {
      const visible = store.rowCount;
      const hits = hitsPerQuery(await store.search(queries.bytes, queries.count, { k: 10, expansion: 64 }));
      hits.forEach((found, query) => {
        expect(found.length).toBe(Math.min(10, visible));
        expect(new Set(found.map(({ row }) => row)).size).toBe(found.length);
        for (const { row, distance } of found) {
          expect(row).toBeLessThan(visible);
          expect(distance).toBeCloseTo(distanceBetween('l2', vectorOf(rows, row), vectorOf(queries, query)), 2);
        }
      });
      searches++;
    }
  };
  const searchers = Array.from({ length: 8 }, search);
  for (let at = 0; at < rows.count; at += batch) {
    const first = at * DIMENSIONS * 4;
    store.append(rows.bytes.subarray(first, first + batch * DIMENSIONS * 4), batch);
    // Every other batch is searched before it is in the graph.
    if ((at / batch) % 2) expect(await store.index({ threads: 2 })).toBe(at + batch);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  isWriting = false;
  await Promise.all(searchers);
  expect(searches).toBeGreaterThan(8);
  expect(store.indexedCount).toBe(rows.count);
  expect(await meanRecall(store, rows, queries, { k: 10, expansion: 96 })).toBeGreaterThan(0.96);
  store.close();
});

test('rows that are not in the graph yet are found', async () => {
  const rows = sampleRows('f32', 6_000, DIMENSIONS);
  const queries = sampleRows('f32', 20, DIMENSIONS, 2);
  const store = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'cosine', index: GRAPH });
  store.append(rows.bytes, rows.count);
  expect(await store.index({ upTo: 4_000 })).toBe(4_000);
  expect([store.rowCount, store.indexedCount]).toEqual([6_000, 4_000]);
  const answer = await store.search(queries.bytes, queries.count, { k: 10, expansion: 96, method: 'index' });
  hitsPerQuery(answer).forEach((found, query) => {
    const truth = bruteForce('cosine', rows, vectorOf(queries, query), 10);
    const late = truth.filter(({ row }) => row >= 4_000).map(({ row }) => row);
    expect(found.map(({ row }) => row)).toEqual(expect.arrayContaining(late));
    expect(recallOf(truth, found)).toBeGreaterThan(0.7);
  });
  store.close();
});

test('one index at a time, and no save meanwhile', async () => {
  const rows = sampleRows('f32', 3_000, DIMENSIONS);
  const store = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'l2', index: GRAPH });
  store.append(rows.bytes, rows.count);
  const first = store.index();
  await expect(store.index()).rejects.toThrow(/index: a call of index is still running/);
  await expect(store.save('/nowhere')).rejects.toThrow(/save: a call of index is still running/);
  expect(await first).toBe(3_000);
  expect(await store.index()).toBe(3_000);
  store.close();
});

test('closing while a search and an index run is safe', async () => {
  const rows = sampleRows('f32', 20_000, DIMENSIONS);
  const store = await storeOf(rows, 'l2');
  const growing = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'l2', index: GRAPH });
  growing.append(rows.bytes, rows.count);
  const searches = Array.from({ length: 8 }, () =>
    store.search(rows.bytes.subarray(0, 100 * DIMENSIONS * 4), 100, { k: 10, expansion: 10, method: 'exact' }),
  );
  const index = expect(growing.index()).rejects.toThrow(/closed/);
  const searchOfGrowing = growing.search(rows.bytes.subarray(0, DIMENSIONS * 4), 1, { k: 1, expansion: 1 });
  store.close();
  growing.close();
  store.close();
  for (const search of searches) expect((await search).offsets[0]).toBe(0);
  expect((await searchOfGrowing).offsets[0]).toBe(0);
  await index;
  expect(() => store.append(rows.bytes, rows.count)).toThrow(/the store is closed/);
  expect(() => store.rowCount).toThrow(/the store is closed/);
  await expect(store.search(rows.bytes, rows.count, { k: 1, expansion: 1 })).rejects.toThrow(/the store is closed/);
});

test('answers repeat, whatever the number of queries at a time', async () => {
  const rows = sampleRows('i8', 4_000, DIMENSIONS);
  const store = await storeOf(rows, 'l2', GRAPH);
  const rowBytes = DIMENSIONS;
  for (const method of ['index', 'exact'] as const) {
    const options = { k: 7, expansion: 40, method };
    const together = hitsPerQuery(await store.search(rows.bytes.subarray(0, 37 * rowBytes), 37, options));
    for (let query = 0; query < 37; query++) {
      const bytes = rows.bytes.subarray(query * rowBytes, (query + 1) * rowBytes);
      expect(hitsPerQuery(await store.search(bytes, 1, options))[0]).toEqual(together[query]);
    }
  }
  store.close();
});
