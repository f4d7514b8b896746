import { expect, test } from 'vitest';
import { findSlowReaders } from '../../../router/cluster/slow-readers.ts';

const LIMITS = { slowFactor: 4, slowExcessMs: 50, slowCallsMin: 10, outlierRatioMax: 0.2 };

/** Indexes of the slow ones, of readers given by mean, calls, and whether they were slow. */
function slowOf(...readers: readonly (readonly [meanMs: number, callCount?: number, isSlow?: boolean])[]): number[] {
  const samples = readers.map(([meanMs, callCount = 100, isSlow = false]) => ({ meanMs, callCount, isSlow }));
  const slow = findSlowReaders(samples, LIMITS);
  return samples.flatMap((sample, i) => (slow.has(sample) ? [i] : []));
}

test('a reader far beyond the median of the others is slow', () => {
  expect(slowOf([10], [12], [200])).toEqual([2]);
  expect(slowOf([10], [12], [45])).toEqual([]);
  expect(slowOf([1], [1], [40]), 'many times, but no time').toEqual([]);
  expect(slowOf([200], [210], [220]), 'all of them').toEqual([]);
});

test('without a peer, or with too few calls, nobody is', () => {
  expect(slowOf([500])).toEqual([]);
  expect(slowOf([10], [500, 9])).toEqual([]);
  expect(slowOf([10, 9], [500])).toEqual([]);
  expect(slowOf([10], [500])).toEqual([1]);
});

test('at most a share of them, the slowest first', () => {
  expect(slowOf([10], [10], [10], [300], [400])).toEqual([4]);
  expect(slowOf(...Array.from({ length: 8 }, () => [10] as const), [300], [400])).toEqual([8, 9]);
});

test('a slow one stays so until it is near the others again; one call tells', () => {
  expect(slowOf([40], [40], [300, 0, true])).toEqual([2]);
  expect(slowOf([40], [40], [300, 1, true])).toEqual([2]);
  expect(slowOf([60], [60], [150, 1, true]), 'between half the factor and the factor').toEqual([2]);
  expect(slowOf([60], [60], [100, 1, true])).toEqual([]);
});
