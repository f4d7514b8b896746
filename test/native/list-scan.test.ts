import { expect, test } from 'vitest';
import { type ListChunk, scanLists } from '../../native/list-scan.ts';
import { distanceBetween, randomNumbers } from './sample-data.ts';

const DIMENSIONS = 12;
const ROW_BYTES = DIMENSIONS * 4;

type List = Float32Array[];

const random = randomNumbers(11);
const listOf = (count: number): List =>
  Array.from({ length: count }, () => Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5));

function chunkOf(lists: readonly List[]): ListChunk {
  const offsets = new Uint32Array(lists.length + 1);
  lists.forEach((list, i) => {
    offsets[i + 1] = offsets[i]! + list.length * ROW_BYTES;
  });
  const numbers = Float32Array.from(lists.flatMap((list) => list.flatMap((vector) => [...vector])));
  return { bytes: new Uint8Array(numbers.buffer), offsets };
}

const ROWS = Array.from({ length: 700 }, (_, i) => listOf(i % 4));
const CHUNKS = [ROWS.slice(0, 256), ROWS.slice(256, 512), ROWS.slice(512)].map(chunkOf);

function expectedOf(query: List, metric: 'l2' | 'ip' | 'cosine', isAllowed: (row: number) => boolean, k: number) {
  const found = ROWS.flatMap((list, row) => {
    if (list.length === 0 || !isAllowed(row)) return [];
    const nearest = query.map((wanted) =>
      Math.min(...list.map((vector) => distanceBetween(metric, Float64Array.from(wanted), Float64Array.from(vector)))),
    );
    return [{ row, distance: nearest.reduce((sum, distance) => sum + distance, 0) }];
  });
  return found.sort((left, right) => left.distance - right.distance).slice(0, k);
}

test.each(['l2', 'ip', 'cosine'] as const)('%s: the sum of the nearest, over all chunks', async (metric) => {
  for (const queryCount of [1, 2, 40]) {
    const queries = Array.from({ length: queryCount }, (_, i) => listOf(1 + (i % 3)));
    const options = { dimensions: DIMENSIONS, scalar: 'f32', metric, k: 10, visibleRows: ROWS.length } as const;
    const hits = await scanLists(CHUNKS, chunkOf(queries), options);
    expect([...hits.counts]).toEqual(queries.map(() => 10));
    queries.forEach((query, i) => {
      const expected = expectedOf(query, metric, () => true, 10);
      const distances = [...hits.distances.subarray(i * 10, i * 10 + 10)];
      expect(distances).toEqual(expected.map(({ distance }) => expect.closeTo(distance, 4)));
      expect(hits.offsets[i * 10]).toBe(expected[0]!.row);
    });
  }
});

test('a filter and the visible rows are kept to; empty lists are no hits', async () => {
  const filter = new Uint8Array(Math.ceil(ROWS.length / 8));
  const isAllowed = (row: number) => row % 3 === 0 && row < 600;
  ROWS.forEach((_, row) => {
    if (row % 3 === 0) filter[row >>> 3]! |= 1 << (row & 7);
  });
  const query = listOf(2);
  const options = { dimensions: DIMENSIONS, scalar: 'f32', metric: 'ip', k: 1000, visibleRows: 600, filter } as const;
  const hits = await scanLists(CHUNKS, chunkOf([query]), options);
  const expected = expectedOf(query, 'ip', isAllowed, 1000);
  expect([...hits.counts]).toEqual([expected.length]);
  expect(new Set(hits.offsets)).toEqual(new Set(expected.map(({ row }) => row)));
});

test('arguments out of bounds are refused', async () => {
  const options = { dimensions: DIMENSIONS, scalar: 'f32', metric: 'ip', k: 1, visibleRows: ROWS.length } as const;
  const query = chunkOf([listOf(1)]);
  await expect(scanLists(CHUNKS, query, { ...options, k: 0 })).rejects.toThrow('k must be');
  await expect(scanLists(CHUNKS, query, { ...options, visibleRows: 701 })).rejects.toThrow('visibleRows must be');
  await expect(scanLists(CHUNKS, query, { ...options, metric: 'hamming' })).rejects.toThrow('does not go with');
  await expect(scanLists(CHUNKS, query, { ...options, filter: new Uint8Array(1) })).rejects.toThrow('filter must have');
  const short = { bytes: query.bytes.subarray(1), offsets: query.offsets };
  await expect(scanLists(CHUNKS, short, options)).rejects.toThrow('queries must have 48 bytes');
  const half = { bytes: query.bytes, offsets: Uint32Array.of(0, 20) };
  await expect(scanLists(CHUNKS, half, options)).rejects.toThrow('whole vectors');
});
