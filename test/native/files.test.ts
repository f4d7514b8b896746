import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVectorStore, openVectorStore } from '../../native/native.ts';
import type { Metric, Scalar, VectorStoreOptions } from '../../native/vector-store.ts';
import { filterOf, type Sample, sampleRows } from './sample-data.ts';
import { answerOf, GRAPH, storeOf } from './store-of.ts';

const ROWS = 3_000;
const DIMENSIONS = 24;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'braid-native-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function optionsOf(rows: Sample, metric: Metric): VectorStoreOptions & { rowCount: number } {
  return { dimensions: rows.dimensions, scalar: rows.scalar, metric, index: GRAPH, rowCount: rows.count };
}

const PAIRS: readonly [Scalar, Metric, readonly string[]][] = [
  ['f32', 'cosine', ['rows', 'graph', 'vectors']],
  ['f16', 'l2', ['rows', 'graph', 'vectors']],
  ['bf16', 'cosine', ['rows', 'graph']],
  ['i8', 'ip', ['rows', 'graph']],
  ['b1', 'jaccard', ['rows', 'graph']],
];

test.each(PAIRS)('%s, %s: an opened store answers as the saved one did', async (scalar, metric, suffixes) => {
  const rows = sampleRows(scalar, ROWS, DIMENSIONS);
  const queries = sampleRows(scalar, 20, DIMENSIONS, 2);
  const store = await storeOf(rows, metric, GRAPH);
  const path = join(folder, `round-${scalar}`);
  const files = await store.save(path);
  expect(files.map((file) => file.path)).toEqual(suffixes.map((suffix) => `${path}.${suffix}`));
  for (const file of files) expect(statSync(file.path).size).toBe(file.byteLength);
  expect(Buffer.compare(readFileSync(`${path}.rows`), rows.bytes)).toBe(0);

  const opened = await openVectorStore(path, optionsOf(rows, metric));
  expect([opened.rowCount, opened.indexedCount, opened.readOnly]).toEqual([ROWS, ROWS, true]);
  expect(opened.memoryBytes).toBeLessThan(store.memoryBytes / 4);
  expect(Buffer.compare(opened.get(Uint32Array.of(2_999, 0)), store.get(Uint32Array.of(2_999, 0)))).toBe(0);
  const filter = filterOf(ROWS, (row) => row % 3 === 0);
  for (const options of [{}, { filter }, { method: 'exact' }, { method: 'index', filter }] as const) {
    const before = await store.search(queries.bytes, queries.count, { k: 10, expansion: 50, ...options });
    const after = await opened.search(queries.bytes, queries.count, { k: 10, expansion: 50, ...options });
    expect(answerOf(after)).toEqual(answerOf(before));
  }
  expect(() => opened.append(rows.bytes, ROWS)).toThrow(/opened from files/);
  await expect(opened.index()).rejects.toThrow(/opened from files/);
  await expect(opened.save(join(folder, 'again'))).rejects.toThrow(/opened from files/);
  store.close();
  opened.close();
});

test('usearch itself opens the graph and finds the same', async () => {
  const rows = sampleRows('f32', ROWS, DIMENSIONS);
  const store = await storeOf(rows, 'cosine', GRAPH);
  const path = join(folder, 'foreign');
  await store.save(path);
  // What native/README.md says: two numbers and the bare rows in front of the graph are a file of usearch.
  const vectors = readFileSync(`${path}.vectors`);
  const stride = Number(vectors.readBigUInt64LE(32));
  const bare = Array.from({ length: ROWS }, (_, row) =>
    vectors.subarray(64 + row * stride, 64 + row * stride + DIMENSIONS * 2),
  );
  const sizes = Buffer.from(Uint32Array.of(ROWS, DIMENSIONS * 2).buffer);
  writeFileSync(`${path}.usearch`, Buffer.concat([sizes, ...bare, readFileSync(`${path}.graph`)]));
  const { Index } = createRequire(import.meta.url)('usearch');
  const index = new Index({ dimensions: DIMENSIONS, metric: 'cos', quantization: 'bf16', connectivity: 16 });
  index.load(`${path}.usearch`);
  expect(index.size()).toBe(ROWS);
  const query = rows.bytes.slice(0, DIMENSIONS * 4);
  const theirs = index.search(new Float32Array(query.buffer), 5, 1);
  const ours = await store.search(query, 1, { k: 5, expansion: 64, method: 'index' });
  expect(Array.from(theirs.keys as BigUint64Array, Number)).toEqual(Array.from(ours.offsets));
  store.close();
});

test('rows that are not all in the graph are saved without it', async () => {
  const rows = sampleRows('f32', 100, DIMENSIONS);
  const store = await storeOf(rows, 'l2', GRAPH);
  store.append(rows.bytes, rows.count);
  const path = join(folder, 'partly');
  expect(await store.save(path)).toEqual([{ path: `${path}.rows`, byteLength: 200 * DIMENSIONS * 4 }]);
  const { index: _index, ...options } = optionsOf({ ...rows, count: 200 }, 'l2');
  const opened = await openVectorStore(path, options);
  const answer = await opened.search(rows.bytes.subarray(0, DIMENSIONS * 4), 1, { k: 2, expansion: 1 });
  expect(Array.from(answer.offsets)).toEqual([0, 100]);
  await expect(openVectorStore(path, { ...options, index: GRAPH })).rejects.toThrow(
    /cannot open .*partly\.\w+: No such file/,
  );
  store.close();
  opened.close();
});

test('an empty store is saved and opened', async () => {
  const options = { ...optionsOf(sampleRows('f32', 0, DIMENSIONS), 'cosine'), rowCount: 0 };
  const store = createVectorStore(options);
  const path = join(folder, 'empty');
  expect((await store.save(path)).length).toBe(3);
  const opened = await openVectorStore(path, options);
  expect((await opened.search(new Uint8Array(DIMENSIONS * 4), 1, { k: 1, expansion: 1 })).counts[0]).toBe(0);
  store.close();
  opened.close();
});

test('cut, lengthened and foreign files are refused by name', async () => {
  const rows = sampleRows('f32', ROWS, DIMENSIONS);
  const options = optionsOf(rows, 'cosine');
  const store = await storeOf(rows, 'cosine', GRAPH);
  const path = join(folder, 'whole');
  await store.save(path);
  store.close();
  const copy = join(folder, 'copy');
  const restore = () => {
    for (const suffix of ['rows', 'graph', 'vectors']) copyFileSync(`${path}.${suffix}`, `${copy}.${suffix}`);
  };
  for (const suffix of ['rows', 'graph', 'vectors']) {
    const { size } = statSync(`${path}.${suffix}`);
    for (const length of [0, 10, 64, 100, size >> 1, size - 1, size + 1]) {
      restore();
      truncateSync(`${copy}.${suffix}`, length);
      await expect(openVectorStore(copy, options)).rejects.toThrow(`${copy}.${suffix}`);
    }
  }
  restore();
  await expect(openVectorStore(copy, { ...options, metric: 'l2' })).rejects.toThrow(/names another metric/);
  await expect(openVectorStore(copy, { ...options, rowCount: ROWS - 1 })).rejects.toThrow(/copy\.rows/);
  await expect(openVectorStore(copy, { ...options, dimensions: 12, rowCount: ROWS * 2 })).rejects.toThrow(/copy\./);
  copyFileSync(`${path}.vectors`, `${copy}.graph`);
  await expect(openVectorStore(copy, options)).rejects.toThrow(`${copy}.graph is not a file of this store`);
  await expect(openVectorStore(join(folder, 'nothing'), options)).rejects.toThrow(
    /cannot open .*nothing\.rows: No such file/,
  );
});

test('edges that lead nowhere end no process', async () => {
  // Not a promise to callers, who verify checksums, but the walk's own bound: a slot beyond the rows is not followed.
  const rows = sampleRows('i8', ROWS, DIMENSIONS);
  const store = await storeOf(rows, 'l2', GRAPH);
  const path = join(folder, 'damaged');
  await store.save(path);
  store.close();
  const graph = readFileSync(`${path}.graph`);
  const nodes = 64 + 40 + ROWS * 2;
  for (let at = nodes + 14; at < graph.length; at += 977) graph.fill(255, at, at + 4);
  writeFileSync(`${path}.graph`, graph);
  const opened = await openVectorStore(path, optionsOf(rows, 'l2'));
  const answer = await opened.search(rows.bytes.subarray(0, 100 * DIMENSIONS), 100, {
    k: 5,
    expansion: 50,
    method: 'index',
  });
  expect(answer.offsets.every((offset) => offset < ROWS)).toBe(true);
  opened.close();
});

test('save does not overwrite, and says what it could not create', async () => {
  const store = await storeOf(sampleRows('f32', 10, DIMENSIONS), 'l2');
  const path = join(folder, 'once');
  await store.save(path);
  await expect(store.save(path)).rejects.toThrow(/cannot create .*once\.rows: File exists/);
  await expect(store.save(join(folder, 'no', 'such', 'folder'))).rejects.toThrow(
    /cannot create .*: No such file or directory/,
  );
  store.close();
});
