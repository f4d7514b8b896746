import { expect, test } from 'vitest';
import { type Arc, bandOf, keyAt, placeAt, pointAt } from '../../../console/src/data/ring-geometry.ts';

const KEYS = 2 ** 32;
const QUARTER = KEYS / 4;
const ARCS: readonly Arc[] = [
  [QUARTER, 0],
  [2 * QUARTER, 1],
  [3 * QUARTER, 0],
];

test('keys go clockwise from the top', () => {
  expect(pointAt(0, 100)).toEqual([0, -100]);
  expect(pointAt(QUARTER, 100)).toEqual([100, -0]);
  expect(pointAt(2 * QUARTER, 100)).toEqual([0, 100]);
  expect(pointAt(3 * QUARTER, 100)).toEqual([-100, 0]);
});

test('what is drawn at a place is found at that place', () => {
  for (const key of [1, 12_345_678, QUARTER + 7, 3_000_000_000, KEYS - 1]) {
    const [x, y] = pointAt(key, 10_000);
    const apart = Math.abs(keyAt(x, y) - key);
    expect(Math.min(apart, KEYS - apart)).toBeLessThan(KEYS / 1e5);
  }
});

test('a key belongs to the arc that ends at it or next, around the top, too', () => {
  expect(placeAt(ARCS, QUARTER)).toBe(0);
  expect(placeAt(ARCS, QUARTER + 1)).toBe(1);
  expect(placeAt(ARCS, 3 * QUARTER + 1)).toBe(0);
  expect(placeAt(ARCS, 0)).toBe(0);
});

test('all arcs of a member are one path; its first goes around the top', () => {
  const path = bandOf(ARCS, 0, 90, 100);
  expect(path.match(/M/g)).toHaveLength(2);
  expect(path.startsWith('M-100,0A')).toBe(true);
  expect(bandOf(ARCS, 1, 90, 100)).toContain('M100,0A100 100 0 0 1 0,100L0,90');
  expect(bandOf(ARCS, 2, 90, 100)).toBe('');
});

test('a member that has the whole ring is drawn as a whole ring', () => {
  const path = bandOf([[QUARTER, 0]], 0, 90, 100);
  expect(path).toContain('0 1 1');
  expect(path).not.toContain('NaN');
});
