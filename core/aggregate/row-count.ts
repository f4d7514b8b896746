import { type Column, isPresent } from '../columns/column.ts';
import { fixedColumn } from '../columns/column-operations.ts';
import { DataType } from '../schema/data-type.ts';
import { type Accumulator, grown } from './accumulator.ts';

/** How many rows of each group hold a value. */
export class RowCount implements Accumulator {
  #counts = new Float64Array(0);

  add(column: Column, groups: Int32Array, groupCount: number): void {
    this.#counts = grown(this.#counts, groupCount);
    const counts = this.#counts;
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row]!;
      if (group >= 0 && isPresent(column, row)) counts[group]!++;
    }
  }

  result(groupCount: number): Column {
    const counts = grown(this.#counts, groupCount).subarray(0, groupCount);
    return fixedColumn(DataType.Int64, BigInt64Array.from(counts, BigInt));
  }
}
