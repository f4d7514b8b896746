import { assert } from '../../errors.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { BLOCK_ROWS, halves, loadDoubles, type NarrowValues } from './blocks.ts';
import { COST, type Condition } from './condition.ts';
import type { DoubleInterval } from './double-interval.ts';
import type { IntegerInterval } from './integer-interval.ts';
import { asFixed, leaf } from './leaf.ts';

/** Rows of a Bool, Int8..Int32, Float or Double field within the interval. NaN is in none. */
export function doubleIntervalLeaf(field: FieldSchema, interval: DoubleInterval, negated: boolean): Condition {
  const queries = [{ fieldId: field.id, test: { kind: 'doubles', interval } } as const];
  return leaf({ fields: [field], costPerRowNs: COST.number, negated, queries }, ([column], rowCount, out) => {
    const { values } = asFixed(column);
    assert(!(values instanceof BigInt64Array), 'Int64 fields have an integer interval');
    testNarrow(values, interval, rowCount, out);
  });
}

/** Rows of an integer field within the interval. */
export function integerIntervalLeaf(field: FieldSchema, interval: IntegerInterval, negated: boolean): Condition {
  const queries = [{ fieldId: field.id, test: { kind: 'integers', interval } } as const];
  return leaf({ fields: [field], costPerRowNs: COST.number, negated, queries }, ([column], rowCount, out) => {
    const { values } = asFixed(column);
    if (values instanceof BigInt64Array) testInt64(halves(values), interval, rowCount, out);
    else testNarrow(values, { lo: Number(interval.lo), hi: Number(interval.hi) }, rowCount, out);
  });
}

function testNarrow(values: NarrowValues, interval: DoubleInterval, rowCount: number, out: Uint8Array): void {
  const scratch = new Float64Array(Math.min(BLOCK_ROWS, rowCount));
  for (let from = 0; from < rowCount; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, rowCount);
    testDoubles(loadDoubles(values, from, to, scratch), to - from, interval.lo, interval.hi, out, from >>> 3);
  }
}

/** Branch-free: a branch per row would be mispredicted at middling selectivity. */
function testDoubles(
  values: Float64Array,
  count: number,
  lo: number,
  hi: number,
  out: Uint8Array,
  outByte: number,
): void {
  const full = count & ~7;
  for (let i = 0, byte = outByte; i < full; i += 8, byte++) {
    let bits = 0;
    for (let k = 0; k < 8; k++) {
      const value = values[i + k]!;
      bits |= ((value >= lo ? 1 : 0) & (value <= hi ? 1 : 0)) << k;
    }
    out[byte] = bits;
  }
  if (full === count) return;
  let bits = 0;
  for (let i = full; i < count; i++) if (values[i]! >= lo && values[i]! <= hi) bits |= 1 << (i & 7);
  out[outByte + (full >>> 3)] = bits;
}

function testInt64(values: Int32Array, { lo, hi }: IntegerInterval, rowCount: number, out: Uint8Array): void {
  const loHigh = Number(BigInt.asIntN(32, lo >> 32n));
  const loLow = Number(BigInt.asUintN(32, lo));
  const hiHigh = Number(BigInt.asIntN(32, hi >> 32n));
  const hiLow = Number(BigInt.asUintN(32, hi));
  for (let row = 0, byte = 0; row < rowCount; byte++) {
    const end = Math.min(row + 8, rowCount);
    let bits = 0;
    for (let k = 0; row < end; k++, row++) {
      const high = values[row * 2 + 1]!;
      const low = values[row * 2]! >>> 0;
      const aboveLo = high > loHigh || (high === loHigh && low >= loLow) ? 1 : 0;
      const belowHi = high < hiHigh || (high === hiHigh && low <= hiLow) ? 1 : 0;
      bits |= (aboveLo & belowHi) << k;
    }
    out[byte] = bits;
  }
}
