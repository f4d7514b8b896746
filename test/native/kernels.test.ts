import { expect, test } from 'vitest';
import { INSTRUCTION_SETS, loadAddon, METRICS, SCALARS } from '../../native/addon.ts';
import { cpuFeatures } from '../../native/native.ts';
import type { Metric, Scalar } from '../../native/vector-store.ts';
import { distanceBetween, encode, randomNumbers } from './sample-data.ts';

/** Around the widths of every register, and odd ones. */
const DIMENSIONS = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 200, 513, 1_537];
const BIT_DIMENSIONS = [8, 16, 56, 64, 72, 504, 512, 520, 1_032, 4_096];

const pairs = SCALARS.flatMap((scalar) =>
  METRICS.filter((metric) => (metric === 'hamming' || metric === 'jaccard') === (scalar === 'b1')).map(
    (metric): [Scalar, Metric] => [scalar, metric],
  ),
);

test.each(pairs)('%s, %s: every instruction set computes the same', (scalar, metric) => {
  const random = randomNumbers(5);
  for (const dimensions of scalar === 'b1' ? BIT_DIMENSIONS : DIMENSIONS) {
    const [a, b] = [0, 1].map(() =>
      encode(
        scalar,
        Float64Array.from({ length: dimensions }, () => (random() - 0.4) * 8),
      ),
    );
    const expected = distanceBetween(metric, a!.values, b!.values);
    for (const distance of distancesOf(scalar, metric, dimensions, a!.bytes, b!.bytes)) {
      expect(Math.abs(distance - expected)).toBeLessThan(2e-5 * (1 + Math.abs(expected)) * Math.sqrt(dimensions));
    }
  }
});

test('small integers do not overflow, however many dimensions', () => {
  const dimensions = 262_144;
  const lowest = new Uint8Array(new Int8Array(dimensions).fill(-128).buffer);
  const highest = new Uint8Array(new Int8Array(dimensions).fill(127).buffer);
  for (const distance of distancesOf('i8', 'l2', dimensions, lowest, highest)) {
    expect(distance / (255 ** 2 * dimensions)).toBeCloseTo(1, 4);
  }
  for (const distance of distancesOf('i8', 'ip', dimensions, lowest, lowest)) {
    expect(distance / (128 ** 2 * dimensions)).toBeCloseTo(-1, 4);
  }
  for (const distance of distancesOf('i8', 'cosine', dimensions, lowest, highest)) expect(distance).toBeCloseTo(1, 4);
});

test('halves keep subnormals, infinities and signs', () => {
  // 2^-24, the smallest; 2^-14; 65504, the largest; -1.5.
  const halves = Uint16Array.of(0x0001, 0x0400, 0x7bff, 0xbe00);
  const one = Uint16Array.of(0x3c00);
  const expected = [2 ** -24, 2 ** -14, 65_504, -1.5];
  halves.forEach((_, i) => {
    const row = new Uint8Array(halves.buffer, i * 2, 2);
    for (const distance of distancesOf('f16', 'ip', 1, row, new Uint8Array(one.buffer))) {
      expect(distance).toBe(-expected[i]!);
    }
  });
});

test('the dispatch is told', () => {
  expect(cpuFeatures().at(-1)).toBe('portable');
});

/** By every instruction set that this machine has. */
function distancesOf(scalar: Scalar, metric: Metric, dimensions: number, a: Uint8Array, b: Uint8Array): number[] {
  const addon = loadAddon();
  const distances = INSTRUCTION_SETS.map((_, set) =>
    addon.distance(set, METRICS.indexOf(metric), SCALARS.indexOf(scalar), dimensions, shifted(a), shifted(b)),
  ).filter((distance) => distance !== undefined);
  expect(distances.length).toBeGreaterThan(0);
  return distances;
}

/** The same bytes at an odd address: rows of a user need not be aligned. */
function shifted(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 1);
  copy.set(bytes, 1);
  return copy.subarray(1);
}
