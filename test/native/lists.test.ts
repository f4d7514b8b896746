import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVectorStore, openVectorStore } from '../../native/native.ts';
import type { CopyScalar, ListsOptions, Metric, Scalar, VectorStore } from '../../native/vector-store.ts';
import { bruteForce, filterOf, randomNumbers, type Sample, sampleRows, vectorOf } from './sample-data.ts';
import { answerOf, hitsPerQuery, meanRecall, storeOf } from './store-of.ts';

const ROWS = 6_000;
const DIMENSIONS = 32;
const K = 10;
const SEARCH = { k: K, expansion: 0 };

function lists(listCount: number, scalar?: CopyScalar): ListsOptions {
  return scalar ? { kind: 'lists', listCount, scalar } : { kind: 'lists', listCount };
}

const PAIRS: readonly [Scalar, Metric, CopyScalar | undefined][] = [
  ...(['f32', 'f16', 'bf16', 'i8'] as const).flatMap((scalar) =>
    (['l2', 'ip', 'cosine'] as const).map((metric): [Scalar, Metric, undefined] => [scalar, metric, undefined]),
  ),
  ...(['l2', 'ip', 'cosine'] as const).map((metric): [Scalar, Metric, CopyScalar] => ['f32', metric, 'i8']),
  ['f16', 'cosine', 'i8'],
  ['bf16', 'l2', 'i8'],
  ['b1', 'hamming', undefined],
  ['b1', 'jaccard', undefined],
];

test.each(PAIRS)('lists of %s rows by %s, copied to %s', async (scalar, metric, copy) => {
  const rows = sampleRows(scalar, ROWS, DIMENSIONS);
  const queries = sampleRows(scalar, 40, DIMENSIONS, 2);
  const store = await storeOf(rows, metric, lists(64, copy));
  expect(store.indexedCount).toBe(ROWS);
  expect(await meanRecall(store, rows, queries, { ...SEARCH, method: 'index' })).toBeGreaterThan(0.95);
  expect(await meanRecall(store, rows, queries, { ...SEARCH, probes: 64, method: 'index' })).toBeGreaterThan(0.99);
  const answer = await store.search(queries.bytes, queries.count, { ...SEARCH, probes: 64, method: 'index' });
  expect(answer.method).toBe('probe');
  hitsPerQuery(answer).forEach((found, query) => {
    const truth = bruteForce(metric, rows, vectorOf(queries, query), K);
    expect(Math.abs(found[0]!.distance - truth[0]!.distance)).toBeLessThan(1e-4 * (1 + Math.abs(truth[0]!.distance)));
  });
  store.close();
});

describe('a filled store', () => {
  let rows: Sample;
  let queries: Sample;
  let store: VectorStore;
  beforeAll(async () => {
    rows = sampleRows('f32', 20_000, DIMENSIONS);
    queries = sampleRows('f32', 20, DIMENSIONS, 2);
    store = await storeOf(rows, 'l2', lists(128, 'i8'));
  });
  afterAll(() => store.close());

  test('more probes find more and cost more', async () => {
    const few = await store.search(queries.bytes, queries.count, { ...SEARCH, probes: 1 });
    const many = await store.search(queries.bytes, queries.count, { ...SEARCH, probes: 32 });
    expect(many.visited).toBeGreaterThan(few.visited * 4);
    const recallOfFew = await meanRecall(store, rows, queries, { ...SEARCH, probes: 1 });
    expect(await meanRecall(store, rows, queries, { ...SEARCH, probes: 32 })).toBeGreaterThan(recallOfFew);
  });

  const random = randomNumbers(11);
  const drawn = Float64Array.from({ length: 20_000 }, random);
  const shares = [1, 0.5, 0.1, 0.01, 0.001];
  test.each(shares)('a filter of %d of the rows', async (share) => {
    const first = Math.floor(40 * (1 - share) ** 2);
    const filters = [(row: number) => drawn[row]! < share, (row: number) => rows.clusters[row]! >= first];
    for (const isAllowed of filters) {
      const filter = filterOf(rows.count, isAllowed);
      for (const method of ['auto', 'index'] as const) {
        const options = { ...SEARCH, filter, method };
        expect(await meanRecall(store, rows, queries, options, isAllowed)).toBeGreaterThan(0.95);
        const answer = await store.search(queries.bytes, queries.count, options);
        expect(Array.from(answer.offsets).every(isAllowed)).toBe(true);
        const without = await store.search(queries.bytes, queries.count, { ...SEARCH, method: 'index' });
        expect(answer.visited).toBeLessThan(without.visited * 1.5);
      }
    }
  });

  test('nothing allowed, nothing found; fewer than asked for: all of them', async () => {
    const none = await store.search(queries.bytes, queries.count, {
      ...SEARCH,
      filter: new Uint8Array(2_500),
      method: 'index',
    });
    expect(none.offsets.length).toBe(0);
    const allowed = [7, 12_345, 19_999];
    const filter = filterOf(rows.count, (row) => allowed.includes(row));
    const all = await store.search(queries.bytes.subarray(0, DIMENSIONS * 4), 1, {
      ...SEARCH,
      filter,
      method: 'index',
    });
    expect(Array.from(all.offsets).sort((a, b) => a - b)).toEqual(allowed);
  });

  test('rows that came later are found beside the lists, and brought into them', async () => {
    const grown = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'l2', index: lists(16) });
    const rowBytes = DIMENSIONS * 4;
    for (const [count, expected] of [
      [1_000, 1_000],
      [1_500, 1_500],
      [5_000, 5_000],
    ] as const) {
      grown.append(rows.bytes.subarray(grown.rowCount * rowBytes, count * rowBytes), count - grown.rowCount);
      const before = await meanRecall(grown, { ...rows, count }, queries, { ...SEARCH, probes: 16 });
      expect(before).toBe(1);
      expect(await grown.index()).toBe(expected);
      expect(await meanRecall(grown, { ...rows, count }, queries, { ...SEARCH, probes: 16, method: 'index' })).toBe(1);
    }
    grown.close();
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'braid-lists-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['f32', 'cosine', 'i8'],
    ['f32', 'l2', undefined],
    ['b1', 'jaccard', undefined],
  ] as const)('%s, %s, %s: an opened store answers as the saved one did', async (scalar, metric, copy) => {
    const rows = sampleRows(scalar, ROWS, DIMENSIONS);
    const queries = sampleRows(scalar, 20, DIMENSIONS, 2);
    const store = await storeOf(rows, metric, lists(32, copy));
    const path = join(folder, `${scalar}-${metric}`);
    const files = await store.save(path);
    const suffixes = ['rows', 'lists', ...(copy ? ['vectors'] : [])];
    expect(files.map((file) => file.path)).toEqual(suffixes.map((suffix) => `${path}.${suffix}`));
    const filter = filterOf(ROWS, (row) => row % 3 === 0);
    const options = { dimensions: DIMENSIONS, scalar, metric, index: lists(32, copy), rowCount: ROWS };
    for (const inMemory of [false, true]) {
      const opened = await openVectorStore(path, { ...options, inMemory });
      const bytes = files.reduce((sum, file) => sum + file.byteLength, 0);
      if (inMemory) expect(opened.memoryBytes).toBeGreaterThanOrEqual(bytes);
      else expect(opened.memoryBytes).toBeLessThan(bytes / 4);
      for (const more of [{}, { filter }, { probes: 3 }, { filter, probes: 3, method: 'index' }] as const) {
        const before = await store.search(queries.bytes, queries.count, { ...SEARCH, ...more });
        const after = await opened.search(queries.bytes, queries.count, { ...SEARCH, ...more });
        expect(answerOf(after)).toEqual(answerOf(before));
      }
      opened.close();
    }
    store.close();
  });

  test('cut, damaged and foreign files are refused by name', async () => {
    const rows = sampleRows('f32', 2_000, DIMENSIONS);
    const store = await storeOf(rows, 'cosine', lists(16, 'i8'));
    const path = join(folder, 'whole');
    await store.save(path);
    store.close();
    const copy = join(folder, 'copy');
    const options = { dimensions: DIMENSIONS, scalar: 'f32', metric: 'cosine', rowCount: 2_000 } as const;
    const open = () => openVectorStore(copy, { ...options, index: lists(16, 'i8') });
    const restore = () => {
      for (const suffix of ['rows', 'lists', 'vectors']) copyFileSync(`${path}.${suffix}`, `${copy}.${suffix}`);
    };
    const change = (suffix: string, edit: (bytes: Buffer) => void) => {
      restore();
      const bytes = readFileSync(`${copy}.${suffix}`);
      edit(bytes);
      writeFileSync(`${copy}.${suffix}`, bytes);
    };
    const size = readFileSync(`${path}.lists`).length;
    for (const length of [0, 10, 64, 100, size - 1, size + 1]) {
      restore();
      truncateSync(`${copy}.lists`, length);
      await expect(open()).rejects.toThrow(`${copy}.lists is not a file of this store`);
    }
    change('lists', (bytes) => bytes.write('usearch'));
    await expect(open()).rejects.toThrow(/copy\.lists .* its head names another/);
    for (const count of [0n, 2n ** 63n]) {
      change('lists', (bytes) => bytes.writeBigUInt64LE(count, 32));
      await expect(open()).rejects.toThrow(/copy\.lists .* its number of lists makes no sense/);
    }
    change('lists', (bytes) => bytes.writeUInt32LE(2_000, size - 4));
    await expect(open()).rejects.toThrow(/copy\.lists .* a row of its lists makes no sense/);
    change('lists', (bytes) => bytes.writeUInt32LE(4_000_000_000, size - 2_000 * 4 - 16 * 4));
    await expect(open()).rejects.toThrow(/copy\.lists .* an end of its lists makes no sense/);
    change('lists', (bytes) => bytes.writeUInt32LE(1_999, size - 2_000 * 4 - 4));
    await expect(open()).rejects.toThrow(/copy\.lists .* (do not hold every row|makes no sense)/);
    change('vectors', (bytes) => bytes.writeFloatLE(Number.NaN, 40));
    await expect(open()).rejects.toThrow(/copy\.vectors .* its step and offset make no sense/);
    restore();
    const graph = { kind: 'graph', connectivity: 16, expansionAdd: 100, scalar: 'i8' } as const;
    await expect(openVectorStore(copy, { ...options, index: graph })).rejects.toThrow(/cannot open .*copy\.graph/);
    await expect(openVectorStore(copy, { ...options, metric: 'l2', index: lists(16, 'i8') })).rejects.toThrow('copy');
  });
});

describe('wrong input', () => {
  const options = { dimensions: 8, scalar: 'f32', metric: 'l2' } as const;
  test.each([
    ['too many lists', lists(65_537), /index.listCount must be from 0 to 65536, got 65537/],
    ['half a list', lists(1.5), /index.listCount must be a whole number/],
    ['a copy in bits', lists(8, 'b1'), /index.scalar b1 does not go with rows of f32/],
    ['another kind', { kind: 'tree' }, /index.kind must be one of graph, lists, got tree/],
  ])('%s', (_, index, message) => {
    expect(() => createVectorStore({ ...options, index: index as ListsOptions })).toThrow(message);
  });

  test('probes and candidates out of range', async () => {
    const store = createVectorStore({ ...options, index: lists(8) });
    const search = (more: object) => store.search(new Uint8Array(32), 1, { ...SEARCH, ...more });
    await expect(search({ probes: -1 })).rejects.toThrow(/probes must be from 0 to 65536, got -1/);
    await expect(search({ candidates: 65_537 })).rejects.toThrow(/candidates must be from 0 to 65536/);
    expect((await search({ method: 'index' })).counts[0]).toBe(0);
    store.close();
  });
});

test('values that are no numbers end no process', async () => {
  const rows = sampleRows('f32', 2_000, 16);
  const floats = new Float32Array(rows.bytes.buffer);
  floats.fill(Number.NaN, 16 * 50, 16 * 60);
  floats.fill(Number.POSITIVE_INFINITY, 16 * 70, 16 * 80);
  for (const metric of ['l2', 'ip', 'cosine'] as const) {
    const store = await storeOf(rows, metric, lists(16, 'i8'));
    for (const query of [rows.bytes.subarray(0, 64), rows.bytes.subarray(16 * 50 * 4, 16 * 51 * 4)]) {
      const answer = await store.search(query, 1, { ...SEARCH, method: 'index' });
      expect(answer.counts[0]).toBe(K);
    }
    store.close();
  }
});

test('searches go on while rows are appended and lists are made anew', async () => {
  const rows = sampleRows('f32', 6_000, DIMENSIONS);
  const queries = sampleRows('f32', 5, DIMENSIONS, 2);
  const store = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'l2', index: lists(32, 'i8') });
  for (let from = 0; from < rows.count; from += 1_000) {
    store.append(rows.bytes.subarray(from * DIMENSIONS * 4, (from + 1_000) * DIMENSIONS * 4), 1_000);
    let isDone = false;
    const indexing = store.index({ threads: 2 }).finally(() => {
      isDone = true;
    });
    do {
      const seen = { ...rows, count: from + 1_000 };
      const search = { ...SEARCH, probes: 32, candidates: 40 };
      expect(await meanRecall(store, seen, queries, search)).toBeGreaterThan(0.98);
    } while (!isDone);
    await indexing;
    expect(store.indexedCount).toBe(from + 1_000);
  }
  store.close();
});

test('a store that is closed while its lists are made says so', async () => {
  const rows = sampleRows('f32', 20_000, 128);
  const store = createVectorStore({ dimensions: 128, scalar: 'f32', metric: 'l2', index: lists(1_000) });
  store.append(rows.bytes, rows.count);
  const indexing = store.index({ threads: 1 });
  store.close();
  await expect(indexing).rejects.toThrow(/closed while its lists were built/);
});

test.each(['l2', 'ip', 'cosine'] as const)('a graph over a copy in bytes, %s', async (metric) => {
  const rows = sampleRows('f32', ROWS, DIMENSIONS);
  const queries = sampleRows('f32', 40, DIMENSIONS, 2);
  const index = { kind: 'graph', connectivity: 16, expansionAdd: 100, scalar: 'i8' } as const;
  const store = await storeOf(rows, metric, index);
  const search = { k: K, expansion: 96, method: 'index' } as const;
  expect(await meanRecall(store, rows, queries, search)).toBeGreaterThan(0.95);
  expect(await meanRecall(store, rows, queries, { ...search, candidates: 60 })).toBeGreaterThan(0.97);
  store.close();
});

test('l2 far from the origin keeps its places in bytes', async () => {
  const near = sampleRows('f32', ROWS, DIMENSIONS);
  const shifted = new Float32Array(near.bytes.buffer).map((value) => value + 1_000);
  const rows = { ...near, bytes: new Uint8Array(shifted.buffer), values: Float64Array.from(shifted) };
  const queries = { ...rows, count: 20, values: rows.values.subarray(0, 20 * DIMENSIONS) };
  const bytes = rows.bytes.subarray(0, 20 * DIMENSIONS * 4);
  const store = await storeOf(rows, 'l2', lists(32, 'i8'));
  expect(await meanRecall(store, rows, { ...queries, bytes }, { ...SEARCH, method: 'index' })).toBeGreaterThan(0.95);
  store.close();
});
