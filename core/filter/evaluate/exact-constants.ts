import { DataType } from '../../schema/data-type.ts';
import { integerInterval } from './integer-interval.ts';

/** A constant as the only value of a type that equals it. */

/** No integer equals 1.5, and none of 64 bits equals 1e30. */
export function exactInteger(value: number | bigint): bigint | undefined {
  if (typeof value === 'bigint') return value;
  const { lo, hi } = integerInterval('==', value);
  return lo === hi ? lo : undefined;
}

/** No double equals an integer like 2^53 + 1. */
export function exactDouble(value: number | bigint): number | undefined {
  const nearest = Number(value);
  return nearest >= value && nearest <= value ? nearest : undefined;
}

/**
 * Float holds 32-bit numbers: a constant is rounded to one first, as in Milvus, so that `f == 0.1` finds what was stored as 0.1.
 * One that is beyond all of them stays as it is.
 */
export function inPrecisionOf(dataType: DataType, value: number | bigint): number | bigint {
  if (dataType !== DataType.Float) return value;
  const rounded = Math.fround(Number(value));
  return Number.isFinite(rounded) ? rounded : value;
}
