import type { Column } from '../columns/column.ts';
import type { DataType } from '../schema/data-type.ts';

/**
 * A column of rows as a client sent it, before it is checked against the schema.
 *
 * `column` holds the values that were sent, without validity of its own. `valid` has one flag per row of the request, or is undefined when the client sent none. Both forms of
 * a column with nulls are accepted: compact (`column.rowCount` = number of set flags) and full length (placeholders at the nulls).
 * Whole numbers come in the array of the wire: an Int32Array for Int8, Int16 and Int32, a BigInt64Array for Int64; Bool as a Uint8Array of 0 and 1. Timestamptz
 * comes as text (a VarChar column) or as microseconds (BigInt64Array), Geometry as well-known text (VarChar) or binary.
 * `column.dataType` is the type that the client declared.
 */
export interface InputColumn {
  readonly name: string;
  /** True for the column `$meta`. */
  readonly isDynamic: boolean;
  readonly column: Column;
  /** Of an Array or ArrayOfVector column: what its elements came as (Int32 for all whole numbers up to 32 bits); undefined when there are none. */
  readonly elementType?: DataType | undefined;
  /** Of an ArrayOfVector column, as the client says; undefined when it does not. */
  readonly dimension?: number | undefined;
  readonly valid: Uint8Array | undefined;
}
