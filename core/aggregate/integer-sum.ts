import { type Column, type FixedColumn, isPresent } from '../columns/column.ts';
import { fixedColumn } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import { DataType } from '../schema/data-type.ts';
import { type Accumulator, grown, validOf } from './accumulator.ts';

/** Rows whose halves of 32 bits add up exactly in doubles: 2^20 x 2^32 is 2^52. */
const EXACT_ROWS = 2 ** 20;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Exact sums of integers. Values are added as halves of 32 bits: a bigint per row would cost ten times as much. */
export class IntegerSum implements Accumulator {
  readonly #zeroIfNone: boolean;
  #low = new Float64Array(0);
  #high = new Float64Array(0);
  #seen = new Uint8Array(0);
  readonly #totals: bigint[] = [];
  #rows = 0;

  /** `zeroIfNone`: the sum of nothing is 0, not null (sums of counts). */
  constructor(zeroIfNone = false) {
    this.#zeroIfNone = zeroIfNone;
  }

  add(column: Column, groups: Int32Array, groupCount: number): void {
    this.#low = grown(this.#low, groupCount);
    this.#high = grown(this.#high, groupCount);
    this.#seen = grown(this.#seen, groupCount);
    const { values } = column as FixedColumn;
    if (values instanceof BigInt64Array) this.#addWide(column, values, groups);
    else this.#addNarrow(column, values, groups);
    this.#rows += groups.length;
    if (this.#rows >= EXACT_ROWS) this.#carry();
  }

  /** Throws `parameterInvalid` for a sum beyond 64 bits. */
  result(groupCount: number): Column {
    this.#carry();
    const sums = new BigInt64Array(groupCount);
    for (let group = 0; group < groupCount; group++) {
      const sum = this.#totals[group] ?? 0n;
      if (sum < INT64_MIN || sum > INT64_MAX) {
        throw new BraidError('parameterInvalid', `a sum of ${sum} is beyond the range of Int64`);
      }
      sums[group] = sum;
    }
    return fixedColumn(DataType.Int64, sums, this.#zeroIfNone ? undefined : validOf(this.#seen, groupCount));
  }

  #addNarrow(column: Column, values: Exclude<FixedColumn['values'], BigInt64Array>, groups: Int32Array): void {
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group < 0 || !isPresent(column, row)) continue;
      this.#low[group]! += values[row]!;
      this.#seen[group] = 1;
    }
  }

  #addWide(column: Column, values: BigInt64Array, groups: Int32Array): void {
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group < 0 || !isPresent(column, row)) continue;
      this.#low[group]! += halves[row * 2]! >>> 0;
      this.#high[group]! += halves[row * 2 + 1]!;
      this.#seen[group] = 1;
    }
  }

  #carry(): void {
    for (let group = 0; group < this.#low.length; group++) {
      const low = this.#low[group]!;
      const high = this.#high[group]!;
      if (low === 0 && high === 0) continue;
      this.#totals[group] = (this.#totals[group] ?? 0n) + (BigInt(high) << 32n) + BigInt(low);
    }
    this.#low.fill(0);
    this.#high.fill(0);
    this.#rows = 0;
  }
}
