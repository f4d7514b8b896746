import type { ComparisonOperator } from '../syntax/ast.ts';

/** Closed interval of doubles; empty if lo > hi. Every comparison with a constant is one: `x < c` is `x <= (the double before c)`. */
export interface DoubleInterval {
  readonly lo: number;
  readonly hi: number;
}

const EMPTY: DoubleInterval = { lo: Number.POSITIVE_INFINITY, hi: Number.NEGATIVE_INFINITY };

/**
 * The doubles x with `x operator constant`, mathematically exact also for integers that no double equals. The constant is finite.
 * `!=` has no interval: negate `==`.
 */
export function doubleInterval(operator: Exclude<ComparisonOperator, '!='>, constant: number | bigint): DoubleInterval {
  const below = floorDouble(constant);
  const above = ceilDouble(constant);
  const exact = below === above;
  switch (operator) {
    case '==':
      return exact ? { lo: below, hi: below } : EMPTY;
    case '<':
      return { lo: Number.NEGATIVE_INFINITY, hi: exact ? nextDown(below) : below };
    case '<=':
      return { lo: Number.NEGATIVE_INFINITY, hi: below };
    case '>':
      return { lo: exact ? nextUp(above) : above, hi: Number.POSITIVE_INFINITY };
    case '>=':
      return { lo: above, hi: Number.POSITIVE_INFINITY };
  }
}

export function intersectDoubles(left: DoubleInterval, right: DoubleInterval): DoubleInterval {
  return { lo: Math.max(left.lo, right.lo), hi: Math.min(left.hi, right.hi) };
}

/** The largest double that is not above the constant. JavaScript compares number with bigint exactly. */
function floorDouble(constant: number | bigint): number {
  const nearest = Number(constant);
  return nearest > constant ? nextDown(nearest) : nearest;
}

function ceilDouble(constant: number | bigint): number {
  const nearest = Number(constant);
  return nearest < constant ? nextUp(nearest) : nearest;
}

function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0]! += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}

function nextDown(value: number): number {
  return -nextUp(-value);
}
