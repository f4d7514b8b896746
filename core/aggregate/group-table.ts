import type { Column } from '../columns/column.ts';
import { BraidError } from '../errors.ts';
import { type GroupKey, groupKeyAt } from '../merge/group-key.ts';

/** The different values of a column, and which of them each row has. */
export interface RowCodes {
  readonly keys: readonly GroupKey[];
  /** Index into `keys` per row: columns come in pieces of no more rows than this can count. */
  readonly codes: Uint16Array;
}

export function rowCodes(column: Column): RowCodes {
  const codeOf = new Map<GroupKey, number>();
  const keys: GroupKey[] = [];
  const codes = new Uint16Array(column.rowCount);
  for (let row = 0; row < codes.length; row++) {
    const key = groupKeyAt(column, row);
    let code = codeOf.get(key);
    if (code === undefined) {
      code = keys.push(key) - 1;
      codeOf.set(key, code);
    }
    codes[row] = code;
  }
  return { keys, codes };
}

/** Numbers groups in the order in which they are found. Rows belong together when they are equal in all columns; null is equal to null. Without columns all rows are one group. */
export class GroupTable {
  readonly #groupsMax: number;
  readonly #numbers = new Map<string, number>();
  readonly #isGrouped: boolean;

  constructor(isGrouped: boolean, groupsMax: number) {
    this.#isGrouped = isGrouped;
    this.#groupsMax = groupsMax;
  }

  get count(): number {
    return this.#isGrouped ? this.#numbers.size : 1;
  }

  /**
   * The group of each of the first `rowCount` rows, -1 for those that are not selected. `onNew` is told the first row of each group that was not there before. Throws `parameterInvalid` when
   * there are more groups than allowed.
   */
  assign(
    columns: readonly RowCodes[],
    rowCount: number,
    isSelected: (row: number) => boolean,
    onNew: (row: number) => void,
  ): Int32Array {
    const groups = new Int32Array(rowCount);
    const tuples = this.#isGrouped ? combine(columns, rowCount) : undefined;
    const known = new Int32Array(tuples?.keys.length ?? 0).fill(-1);
    for (let row = 0; row < rowCount; row++) {
      if (!isSelected(row)) {
        groups[row] = -1;
        continue;
      }
      if (!tuples) continue;
      const code = tuples.codes[row]!;
      if (known[code]! < 0) known[code] = this.#numberOf(tuples.keys[code]!, row, onNew);
      groups[row] = known[code]!;
    }
    return groups;
  }

  #numberOf(tuple: readonly GroupKey[], row: number, onNew: (row: number) => void): number {
    const id = JSON.stringify(tuple.map((key) => (typeof key === 'bigint' ? [String(key)] : key)));
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    if (number === this.#groupsMax) {
      const message = `too many groups: there are more than ${this.#groupsMax}, use a filter or other group_by_fields`;
      throw new BraidError('parameterInvalid', message);
    }
    this.#numbers.set(id, number);
    onNew(row);
    return number;
  }
}

/** The different rows of several columns taken together. */
function combine(
  columns: readonly RowCodes[],
  rowCount: number,
): { readonly keys: readonly (readonly GroupKey[])[]; readonly codes: Uint16Array } {
  const [first, ...others] = columns;
  let tuples: (readonly GroupKey[])[] = first!.keys.map((key) => [key]);
  let codes = first!.codes;
  for (const other of others) {
    const codeOf = new Map<number, number>();
    const combined = new Uint16Array(rowCount);
    const wider: (readonly GroupKey[])[] = [];
    for (let row = 0; row < rowCount; row++) {
      const pair = codes[row]! * other.keys.length + other.codes[row]!;
      let code = codeOf.get(pair);
      if (code === undefined) {
        code = wider.push([...tuples[codes[row]!]!, other.keys[other.codes[row]!]!]) - 1;
        codeOf.set(pair, code);
      }
      combined[row] = code;
    }
    tuples = wider;
    codes = combined;
  }
  return { keys: tuples, codes };
}
