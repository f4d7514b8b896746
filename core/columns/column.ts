import type { DataType } from '../schema/data-type.ts';

/**
 * Columns: how rows travel through the house. One typed array per field, never an object per row.
 *
 * A column is full length: a null row holds a placeholder (0, empty, zeroes) and `valid[row] === 0`. Without `valid` no row is null.
 * Columns are values: whoever holds one must not write to it.
 */
export type Column = FixedColumn | BytesColumn | VectorColumn;

export type FixedValues =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Bool (Uint8Array of 0 and 1), Int8..Int64, Float, Double, Timestamptz (BigInt64Array, microseconds). */
export interface FixedColumn {
  readonly kind: 'fixed';
  readonly dataType: DataType;
  readonly rowCount: number;
  readonly values: FixedValues;
  /** One byte per row, 1 = present. */
  readonly valid: Uint8Array | undefined;
}

/**
 * Rows of different lengths. Row i is `bytes[offsets[i] .. offsets[i + 1]]`; all numbers are little endian:
 * - VarChar, JSON: UTF-8.
 * - Array: the elements, see array-values.ts.
 * - Geometry: WKB (OGC 06-103r4, 8.2), little endian.
 * - SparseFloatVector: pairs of a uint32 index and a float32 value, indexes ascending and distinct, values not 0. This is the wire's form too.
 * - ArrayOfVector: the element vectors one after the other, `vectorRowBytes(elementType, dimension)` each.
 */
export interface BytesColumn {
  readonly kind: 'bytes';
  readonly dataType: DataType;
  readonly rowCount: number;
  /** rowCount + 1 offsets into `bytes`, not necessarily starting at 0. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  readonly valid: Uint8Array | undefined;
}

/** A dense vector field: `rowBytes` per row, row-major, little endian; full length also where rows are null. */
export interface VectorColumn {
  readonly kind: 'vector';
  readonly dataType: DataType;
  readonly rowCount: number;
  readonly dimension: number;
  readonly rowBytes: number;
  readonly data: Uint8Array;
  readonly valid: Uint8Array | undefined;
}

/** Primary keys: bigint for Int64, string for VarChar. */
export type PrimaryKey = bigint | string;

/** Columns by field id, all of `rowCount` rows. */
export interface ColumnBatch {
  readonly rowCount: number;
  readonly columns: ReadonlyMap<number, Column>;
}

/** True when the row holds a value. */
export function isPresent(column: Column, row: number): boolean {
  return column.valid === undefined || column.valid[row] === 1;
}
