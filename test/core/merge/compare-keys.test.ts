import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../../core/merge/compare-keys.ts';

test('numbers by value', () => {
  expect(compareKeys(-5n, 3n)).toBeLessThan(0);
  expect(compareKeys(9_007_199_254_740_993n, 9_007_199_254_740_992n)).toBeGreaterThan(0);
  expect(compareKeys(4n, 4n)).toBe(0);
});

test('texts as their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
      expect(Math.sign(compareKeys(left, right))).toBe(bytes);
    }),
    { numRuns: 2_000 },
  );
  expect(compareKeys('\uffee', '\u{1f600}')).toBeLessThan(0);
});
