import { setBit } from '../../bitset.ts';
import { assert } from '../../errors.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { COST, type Condition } from './condition.ts';
import type { IntegerInterval } from './integer-interval.ts';
import { asFixed, leaf } from './leaf.ts';

const MICROS_PER_MILLI = 1000n;

/**
 * Rows whose timestamp lies in the interval after months and microseconds were added to it. Months are those of the calendar in UTC and differ in length,
 * so that each row is computed. A day that the month lacks runs over: January 31 and a month is March 3 (timegm, as Milvus uses it in
 * TimestamptzArithCompareExpr.cpp). Beyond the years that JavaScript's dates know the comparison is false.
 */
export function shiftedTimestampLeaf(
  field: FieldSchema,
  months: number,
  micros: bigint,
  interval: IntegerInterval,
  negated: boolean,
): Condition {
  return leaf({ fields: [field], costPerRowNs: COST.timestampShift, negated }, ([column], rowCount, out) => {
    const { values } = asFixed(column);
    assert(values instanceof BigInt64Array, 'timestamps are 64-bit integers');
    const date = new Date(0);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const before = values[row]!;
      const belowMilli = ((before % MICROS_PER_MILLI) + MICROS_PER_MILLI) % MICROS_PER_MILLI;
      date.setTime(Number((before - belowMilli) / MICROS_PER_MILLI));
      const millis = date.setUTCMonth(date.getUTCMonth() + months);
      if (Number.isNaN(millis)) continue;
      const after = BigInt(millis) * MICROS_PER_MILLI + belowMilli + micros;
      if (after >= interval.lo && after <= interval.hi) setBit(out, row);
    }
  });
}
