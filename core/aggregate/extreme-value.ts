import { type BytesColumn, type Column, type FixedColumn, isPresent } from '../columns/column.ts';
import { bytesAt, bytesColumnFrom, fixedArrayOf, fixedColumn } from '../columns/column-operations.ts';
import { DataType } from '../schema/data-type.ts';
import { type Accumulator, grown, validOf } from './accumulator.ts';

/** The smallest or largest value of each group; texts by their bytes. */
export function extremeValue(dataType: DataType, isLargest: boolean): Accumulator {
  if (dataType === DataType.VarChar) return new ExtremeText(isLargest);
  if (dataType === DataType.Int64 || dataType === DataType.Timestamptz) return new ExtremeInt64(dataType, isLargest);
  return new ExtremeNumber(dataType, isLargest);
}

class ExtremeNumber implements Accumulator {
  readonly #dataType: DataType;
  readonly #sign: 1 | -1;
  #best = new Float64Array(0);
  #seen = new Uint8Array(0);

  constructor(dataType: DataType, isLargest: boolean) {
    this.#dataType = dataType;
    this.#sign = isLargest ? 1 : -1;
  }

  add(column: Column, groups: Int32Array, groupCount: number): void {
    this.#best = grown(this.#best, groupCount);
    this.#seen = grown(this.#seen, groupCount);
    const values = (column as FixedColumn).values as Float64Array;
    const sign = this.#sign;
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group < 0 || !isPresent(column, row)) continue;
      const value = values[row]!;
      if (this.#seen[group] === 1 && sign * value <= sign * this.#best[group]!) continue;
      this.#best[group] = value;
      this.#seen[group] = 1;
    }
  }

  result(groupCount: number): Column {
    const best = grown(this.#best, groupCount).subarray(0, groupCount);
    const values = new (fixedArrayOf(this.#dataType)!)(groupCount);
    (values as Float64Array).set(best);
    return fixedColumn(this.#dataType, values, validOf(this.#seen, groupCount));
  }
}

/** Compares halves of 32 bits, as integer-sum.ts adds them. */
class ExtremeInt64 implements Accumulator {
  readonly #dataType: DataType;
  readonly #sign: 1 | -1;
  /** Low and high half of each group's best value. */
  #best = new Int32Array(0);
  #seen = new Uint8Array(0);

  constructor(dataType: DataType, isLargest: boolean) {
    this.#dataType = dataType;
    this.#sign = isLargest ? 1 : -1;
  }

  add(column: Column, groups: Int32Array, groupCount: number): void {
    this.#best = grown(this.#best, groupCount * 2);
    this.#seen = grown(this.#seen, groupCount);
    const best = this.#best;
    const values = (column as FixedColumn).values as BigInt64Array;
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group < 0 || !isPresent(column, row)) continue;
      const low = halves[row * 2]!;
      const high = halves[row * 2 + 1]!;
      const difference = high - best[group * 2 + 1]! || (low >>> 0) - (best[group * 2]! >>> 0);
      if (this.#seen[group] === 1 && this.#sign * difference <= 0) continue;
      best[group * 2] = low;
      best[group * 2 + 1] = high;
      this.#seen[group] = 1;
    }
  }

  result(groupCount: number): Column {
    const best = grown(this.#best, groupCount * 2).slice(0, groupCount * 2);
    return fixedColumn(this.#dataType, new BigInt64Array(best.buffer), validOf(this.#seen, groupCount));
  }
}

class ExtremeText implements Accumulator {
  readonly #sign: 1 | -1;
  readonly #best: (Uint8Array | undefined)[] = [];

  constructor(isLargest: boolean) {
    this.#sign = isLargest ? 1 : -1;
  }

  add(column: Column, groups: Int32Array): void {
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group < 0 || !isPresent(column, row)) continue;
      const value = bytesAt(column as BytesColumn, row);
      const best = this.#best[group];
      if (best === undefined || this.#sign * Buffer.compare(value, best) > 0) this.#best[group] = value;
    }
  }

  result(groupCount: number): Column {
    return bytesColumnFrom(
      DataType.VarChar,
      Array.from({ length: groupCount }, (_, group) => this.#best[group]),
    );
  }
}
