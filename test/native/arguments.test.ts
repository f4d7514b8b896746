import { expect, test } from 'vitest';
import { createVectorStore, openVectorStore } from '../../native/native.ts';
import { LIMITS, type VectorStoreOptions } from '../../native/vector-store.ts';
import { sampleRows } from './sample-data.ts';
import { GRAPH, storeOf } from './store-of.ts';

const VALID: VectorStoreOptions = { dimensions: 8, scalar: 'f32', metric: 'l2' };

const BAD_OPTIONS: readonly [string, object, new () => Error, RegExp][] = [
  ['no dimensions', { dimensions: 0 }, RangeError, /dimensions must be from 1 to 262144, got 0/],
  ['too many dimensions', { dimensions: 262_145 }, RangeError, /dimensions .* got 262145/],
  ['half a dimension', { dimensions: 1.5 }, TypeError, /dimensions must be a whole number, got 1.5/],
  ['an unknown scalar', { scalar: 'f64' }, TypeError, /scalar must be one of f32, .* got f64/],
  ['an unknown metric', { metric: 'l1' }, TypeError, /metric must be one of l2, .* got l1/],
  ['bits and l2', { scalar: 'b1' }, TypeError, /metric l2 does not go with scalar b1/],
  ['floats and hamming', { metric: 'hamming' }, TypeError, /metric hamming does not go with scalar f32/],
  ['12 bits', { scalar: 'b1', metric: 'hamming', dimensions: 12 }, RangeError, /multiple of 8, got 12/],
  ['one connection', { index: { ...GRAPH, connectivity: 1 } }, RangeError, /index.connectivity .* got 1/],
  ['no breadth', { index: { ...GRAPH, expansionAdd: 0 } }, RangeError, /index.expansionAdd .* got 0/],
  [
    'bytes copied to floats',
    { scalar: 'i8', index: { ...GRAPH, scalar: 'f32' } },
    TypeError,
    /index.scalar f32 does not go with rows of i8/,
  ],
  ['floats copied to bits', { index: { ...GRAPH, scalar: 'b1' } }, TypeError, /index.scalar b1/],
];

test.each(BAD_OPTIONS)('%s is refused', async (_name, change, type, message) => {
  const options = { ...VALID, ...change } as VectorStoreOptions;
  expect(() => createVectorStore(options)).toThrow(type);
  expect(() => createVectorStore(options)).toThrow(message);
  await expect(openVectorStore('/nowhere', { ...options, rowCount: 1 })).rejects.toThrow(message);
});

test('rows of the wrong length or type are refused', () => {
  const store = createVectorStore(VALID);
  expect(() => store.append(new Uint8Array(31), 1)).toThrow(/rows must be 1 x 32 bytes long, got 31/);
  expect(() => store.append(new Uint8Array(64), 1)).toThrow(RangeError);
  expect(() => store.append(new Uint8Array(32), 0.5)).toThrow(/count must be a whole number/);
  expect(() => store.append(new Uint8Array(32), -1)).toThrow(RangeError);
  expect(() => store.append(new Float32Array(8) as never, 1)).toThrow(/rows must be a Uint8Array, got Float32Array/);
  expect(store.rowCount).toBe(0);
  store.append(new Uint8Array(0), 0);
  store.close();
});

test('bad searches are refused', async () => {
  const rows = sampleRows('f32', 100, 8);
  const store = await storeOf(rows, 'l2', GRAPH);
  const query = rows.bytes.subarray(0, 32);
  const search = (options: object, queries: Uint8Array = query, queryCount = 1) =>
    store.search(queries, queryCount, { k: 3, expansion: 10, ...options });
  await expect(search({ k: 0 })).rejects.toThrow(/k must be from 1 to 32768, got 0/);
  await expect(search({ k: LIMITS.kMax + 1 })).rejects.toThrow(RangeError);
  await expect(search({ k: Number.NaN })).rejects.toThrow(TypeError);
  await expect(search({ expansion: 65_537 })).rejects.toThrow(/expansion must be from 0 to 65536/);
  await expect(search({ expansion: undefined })).rejects.toThrow(TypeError);
  await expect(search({ method: 'magic' })).rejects.toThrow(/method must be one of auto, exact, index, got magic/);
  await expect(search({ visibleRows: 101 })).rejects.toThrow(/visibleRows must be from 0 to 100, got 101/);
  await expect(search({ filter: new Uint8Array(12) })).rejects.toThrow(/bit for each of 100 rows, got 12 bytes/);
  await expect(search({ filter: 'all' })).rejects.toThrow(/filter must be a Uint8Array, got string/);
  await expect(search({ filter: null })).rejects.toThrow(/filter must be a Uint8Array, got null/);
  await expect(search({ filter: new Uint8Array(13), allowedCount: 101 })).rejects.toThrow(/allowedCount .* got 101/);
  await expect(search({}, query.subarray(1))).rejects.toThrow(/queries must be 1 x 32 bytes long, got 31/);
  await expect(search({}, query, 0)).rejects.toThrow(/queryCount must be from 1 to 16384, got 0/);
  await expect(search({}, new Float32Array(8) as never)).rejects.toThrow(TypeError);
  await expect(store.index({ upTo: 101 })).rejects.toThrow(/upTo must be from 0 to 100, got 101/);
  await expect(store.index({ threads: 0 })).rejects.toThrow(/threads must be from 1 to 64, got 0/);
  expect(() => store.get(Uint32Array.of(0, 100))).toThrow(/offsets must be below the 100 rows of the store, got 100/);
  expect(() => store.get([1] as never)).toThrow(/offsets must be a Uint32Array, got Array/);
  expect((await search({})).counts[0]).toBe(3);
  store.close();
});

test('an answer that would not fit memory is refused', async () => {
  const store = createVectorStore({ ...VALID, dimensions: 1 });
  store.append(new Uint8Array(4 * LIMITS.kMax), LIMITS.kMax);
  const queries = new Uint8Array(4 * LIMITS.queriesMax);
  await expect(store.search(queries, LIMITS.queriesMax, { k: LIMITS.kMax, expansion: 1 })).rejects.toThrow(
    /at most 67108864 hits, got 16384 x 32768/,
  );
  store.close();
});

test('a store without an index says so', async () => {
  const store = await storeOf(sampleRows('f32', 10, 8), 'l2');
  await expect(store.index()).rejects.toThrow(/made without an index/);
  const walk = store.search(new Uint8Array(32), 1, { k: 1, expansion: 1, method: 'index' });
  await expect(walk).rejects.toThrow(/made without an index/);
  store.close();
});

test('queries and rows may begin anywhere in their buffer', async () => {
  const rows = sampleRows('f32', 200, 8);
  const shift = (bytes: Uint8Array) => {
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    return larger.subarray(3, 3 + bytes.length);
  };
  const plain = await storeOf(rows, 'l2', GRAPH);
  const shifted = await storeOf({ ...rows, bytes: shift(rows.bytes) }, 'l2', GRAPH);
  expect(Buffer.compare(plain.get(Uint32Array.of(5, 199)), shifted.get(Uint32Array.of(5, 199)))).toBe(0);
  const query = rows.bytes.subarray(32 * 50, 32 * 51);
  for (const method of ['exact', 'index'] as const) {
    const one = await plain.search(query, 1, { k: 5, expansion: 50, method });
    const other = await shifted.search(shift(query), 1, { k: 5, expansion: 50, method });
    expect(one.offsets[0]).toBe(50);
    expect(other.offsets).toEqual(one.offsets);
  }
  plain.close();
  shifted.close();
});

test('k beyond the rows gives all rows; an empty store gives none', async () => {
  const rows = sampleRows('f32', 7, 8);
  const store = createVectorStore({ ...VALID, index: GRAPH });
  for (const method of ['auto', 'exact', 'index'] as const) {
    expect((await store.search(rows.bytes.subarray(0, 32), 1, { k: 5, expansion: 5, method })).counts[0]).toBe(0);
  }
  expect(await store.index()).toBe(0);
  store.append(rows.bytes, 7);
  await store.index({ upTo: 1 });
  await store.index();
  for (const method of ['auto', 'exact', 'index'] as const) {
    const answer = await store.search(rows.bytes, 7, { k: LIMITS.kMax, expansion: 1, method });
    expect(Array.from(answer.counts)).toEqual(Array(7).fill(7));
  }
  store.close();
});
