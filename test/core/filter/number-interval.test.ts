import fc from 'fast-check';
import { expect, it } from 'vitest';
import { doubleInterval } from '../../../core/filter/evaluate/double-interval.ts';
import { integerInterval } from '../../../core/filter/evaluate/integer-interval.ts';
import { numberKey } from '../../../core/filter/json/number-key.ts';

const OPERATORS = ['==', '<', '<=', '>', '>='] as const;
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
  fc.bigInt({ min: -3n, max: 3n }),
);
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  int64.map(Number),
  fc.constantFrom(-0, 0, 5e-324, 0.5),
);

/** The definition, with JavaScript's exact comparison of bigint and number. */
function holds(operator: (typeof OPERATORS)[number], left: number | bigint, right: number | bigint): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: the exact comparison of a bigint with a number
  if (operator === '==') return left == right;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

it('an interval of doubles is the comparison with the constant', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPERATORS), double, fc.oneof(double, int64), (operator, value, constant) => {
      const { lo, hi } = doubleInterval(operator, constant);
      expect(value >= lo && value <= hi).toBe(holds(operator, value, constant));
    }),
    { numRuns: 3_000 },
  );
});

it('an interval of integers is the comparison with the constant', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPERATORS), int64, fc.oneof(double, int64), (operator, value, constant) => {
      const { lo, hi } = integerInterval(operator, constant);
      expect(value >= lo && value <= hi).toBe(holds(operator, value, constant));
    }),
    { numRuns: 3_000 },
  );
});

it('number keys are equal exactly for equal numbers', () => {
  fc.assert(
    fc.property(fc.oneof(double, int64), fc.oneof(double, int64), (left, right) => {
      expect(new Set([numberKey(left)]).has(numberKey(right))).toBe(holds('==', left, right));
    }),
    { numRuns: 3_000 },
  );
});
