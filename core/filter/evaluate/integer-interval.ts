import type { ComparisonOperator } from '../syntax/ast.ts';

/** Closed interval of 64-bit integers; empty if lo > hi. */
export interface IntegerInterval {
  readonly lo: bigint;
  readonly hi: bigint;
}

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

const EMPTY: IntegerInterval = { lo: 1n, hi: 0n };

/** The 64-bit integers x with `x operator constant`; the constant may be any integer or double. `!=` has no interval: negate `==`. */
export function integerInterval(
  operator: Exclude<ComparisonOperator, '!='>,
  constant: number | bigint,
): IntegerInterval {
  const below = floorInteger(constant);
  const above = ceilInteger(constant);
  switch (operator) {
    case '==':
      return below === above ? clamp(below, below) : EMPTY;
    case '<':
      return clamp(INT64_MIN, above - 1n);
    case '<=':
      return clamp(INT64_MIN, below);
    case '>':
      return clamp(below + 1n, INT64_MAX);
    case '>=':
      return clamp(above, INT64_MAX);
  }
}

export function intersectIntegers(left: IntegerInterval, right: IntegerInterval): IntegerInterval {
  return { lo: left.lo > right.lo ? left.lo : right.lo, hi: left.hi < right.hi ? left.hi : right.hi };
}

function floorInteger(constant: number | bigint): bigint {
  return typeof constant === 'bigint' ? constant : BigInt(Math.floor(constant));
}

function ceilInteger(constant: number | bigint): bigint {
  return typeof constant === 'bigint' ? constant : BigInt(Math.ceil(constant));
}

function clamp(lo: bigint, hi: bigint): IntegerInterval {
  if (lo > INT64_MAX || hi < INT64_MIN) return EMPTY;
  return { lo: lo < INT64_MIN ? INT64_MIN : lo, hi: hi > INT64_MAX ? INT64_MAX : hi };
}
