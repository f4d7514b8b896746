import { type Column, type FixedColumn, isPresent } from '../columns/column.ts';
import { fixedColumn } from '../columns/column-operations.ts';
import { DataType } from '../schema/data-type.ts';
import { type Accumulator, grown, validOf } from './accumulator.ts';

/** Sums of floating-point numbers, in doubles. The last digits depend on the order of the rows, which is not the same every time. */
export class FloatSum implements Accumulator {
  #sums = new Float64Array(0);
  #seen = new Uint8Array(0);

  add(column: Column, groups: Int32Array, groupCount: number): void {
    this.#sums = grown(this.#sums, groupCount);
    this.#seen = grown(this.#seen, groupCount);
    const values = (column as FixedColumn).values as Float64Array;
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group < 0 || !isPresent(column, row)) continue;
      this.#sums[group]! += values[row]!;
      this.#seen[group] = 1;
    }
  }

  result(groupCount: number): Column {
    const sums = grown(this.#sums, groupCount).slice(0, groupCount);
    return fixedColumn(DataType.Double, sums, validOf(this.#seen, groupCount));
  }
}
