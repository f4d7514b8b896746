import { DataType } from '../schema/data-type.ts';
import type { BytesColumn, Column, FixedColumn, FixedValues, PrimaryKey, VectorColumn } from './column.ts';

/** Operations that make columns from columns. None of them touches its input. */

type FixedConstructor = {
  new (length: number): FixedValues;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): FixedValues;
  readonly BYTES_PER_ELEMENT: number;
};

const FIXED_ARRAYS: ReadonlyMap<DataType, FixedConstructor> = new Map<DataType, FixedConstructor>([
  [DataType.Bool, Uint8Array],
  [DataType.Int8, Int8Array],
  [DataType.Int16, Int16Array],
  [DataType.Int32, Int32Array],
  [DataType.Int64, BigInt64Array],
  [DataType.Float, Float32Array],
  [DataType.Double, Float64Array],
  [DataType.Timestamptz, BigInt64Array],
]);

/** The typed array class that holds a fixed-size type; undefined for vectors and for types of variable length. */
export function fixedArrayOf(dataType: DataType): FixedConstructor | undefined {
  return FIXED_ARRAYS.get(dataType);
}

export function fixedColumn(dataType: DataType, values: FixedValues, valid?: Uint8Array): FixedColumn {
  return { kind: 'fixed', dataType, rowCount: values.length, values, valid };
}

export function bytesColumn(
  dataType: DataType,
  offsets: Uint32Array,
  bytes: Uint8Array,
  valid?: Uint8Array,
): BytesColumn {
  return { kind: 'bytes', dataType, rowCount: offsets.length - 1, offsets, bytes, valid };
}

export function vectorColumn(
  dataType: DataType,
  dimension: number,
  rowBytes: number,
  data: Uint8Array,
  valid?: Uint8Array,
): VectorColumn {
  return { kind: 'vector', dataType, rowCount: data.length / rowBytes, dimension, rowBytes, data, valid };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A column of variable length from texts (or ready bytes); null rows give undefined. */
export function bytesColumnFrom(dataType: DataType, rows: readonly (string | Uint8Array | undefined)[]): BytesColumn {
  const parts = rows.map((row) => (row === undefined ? EMPTY : typeof row === 'string' ? encoder.encode(row) : row));
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < parts.length; i++) offsets[i + 1] = offsets[i]! + parts[i]!.length;
  const bytes = new Uint8Array(offsets[rows.length]!);
  for (let i = 0; i < parts.length; i++) bytes.set(parts[i]!, offsets[i]!);
  const hasNull = rows.includes(undefined);
  const valid = hasNull ? Uint8Array.from(rows, (row) => (row === undefined ? 0 : 1)) : undefined;
  return bytesColumn(dataType, offsets, bytes, valid);
}

const EMPTY = new Uint8Array(0);

export function bytesAt(column: BytesColumn, row: number): Uint8Array {
  return column.bytes.subarray(column.offsets[row]!, column.offsets[row + 1]!);
}

export function textAt(column: BytesColumn, row: number): string {
  return decoder.decode(bytesAt(column, row));
}

/** The primary key of a row: the column is Int64 or VarChar. */
export function keyAt(column: Column, row: number): PrimaryKey {
  if (column.kind === 'fixed') return (column.values as BigInt64Array)[row]!;
  return textAt(column as BytesColumn, row);
}

/** A column of `count` nulls (or of zeroes, empty texts). */
export function emptyColumn(dataType: DataType, count: number, rowBytes = 0, dimension = 0, allNull = true): Column {
  const valid = allNull ? new Uint8Array(count) : undefined;
  const fixed = FIXED_ARRAYS.get(dataType);
  if (fixed) return fixedColumn(dataType, new fixed(count), valid);
  if (rowBytes > 0) return vectorColumn(dataType, dimension, rowBytes, new Uint8Array(count * rowBytes), valid);
  return bytesColumn(dataType, new Uint32Array(count + 1), EMPTY, valid);
}

/** The rows `rows[0], rows[1], ...` in that order. */
export function gatherColumn(column: Column, rows: Uint32Array): Column {
  const valid = column.valid && gatherBytes(column.valid, rows);
  switch (column.kind) {
    case 'fixed':
      return fixedColumn(column.dataType, gatherValues(column.values, rows), valid);
    case 'bytes':
      return gatherVariable(column, rows, valid);
    case 'vector': {
      const { rowBytes, data } = column;
      const out = new Uint8Array(rows.length * rowBytes);
      for (let i = 0; i < rows.length; i++) {
        out.set(data.subarray(rows[i]! * rowBytes, (rows[i]! + 1) * rowBytes), i * rowBytes);
      }
      return vectorColumn(column.dataType, column.dimension, rowBytes, out, valid);
    }
  }
}

/** Rows from..to-1 as views on the same memory. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  const valid = column.valid?.subarray(from, to);
  switch (column.kind) {
    case 'fixed':
      return fixedColumn(column.dataType, column.values.subarray(from, to), valid);
    case 'bytes':
      return bytesColumn(column.dataType, column.offsets.subarray(from, to + 1), column.bytes, valid);
    case 'vector': {
      const data = column.data.subarray(from * column.rowBytes, to * column.rowBytes);
      return vectorColumn(column.dataType, column.dimension, column.rowBytes, data, valid);
    }
  }
}

/** The same rows in memory of their own. */
export function copyColumn(column: Column): Column {
  const { dataType, rowCount } = column;
  const valid = column.valid?.slice();
  switch (column.kind) {
    case 'fixed':
      return fixedColumn(dataType, column.values.slice(), valid);
    case 'bytes': {
      const start = column.offsets[0]!;
      const offsets = column.offsets.map((offset) => offset - start);
      return bytesColumn(dataType, offsets, column.bytes.slice(start, column.offsets[rowCount]!), valid);
    }
    case 'vector':
      return vectorColumn(dataType, column.dimension, column.rowBytes, column.data.slice(), valid);
  }
}

/** What its rows take in memory. */
export function bytesOfColumn(column: Column): number {
  const validBytes = column.valid?.byteLength ?? 0;
  switch (column.kind) {
    case 'fixed':
      return column.values.byteLength + validBytes;
    case 'bytes':
      return column.offsets.byteLength + column.offsets[column.rowCount]! - column.offsets[0]! + validBytes;
    case 'vector':
      return column.data.byteLength + validBytes;
  }
}

/** One column after the other; all of one data type and dimension, at least one column. */
export function concatColumns(columns: readonly Column[]): Column {
  const first = columns[0];
  if (!first) throw new Error('no columns to concatenate');
  if (columns.length === 1) return first;
  const rowCount = columns.reduce((sum, column) => sum + column.rowCount, 0);
  const valid = columns.some((column) => column.valid) ? concatValid(columns, rowCount) : undefined;
  switch (first.kind) {
    case 'fixed':
      return fixedColumn(first.dataType, concatValues(columns as readonly FixedColumn[], rowCount), valid);
    case 'bytes':
      return concatVariable(columns as readonly BytesColumn[], rowCount, valid);
    case 'vector': {
      const data = new Uint8Array(rowCount * first.rowBytes);
      let at = 0;
      for (const column of columns as readonly VectorColumn[]) {
        data.set(column.data, at);
        at += column.data.length;
      }
      return vectorColumn(first.dataType, first.dimension, first.rowBytes, data, valid);
    }
  }
}

/** The rows at (`lists[i]`, `rows[i]`) of several columns of one type, in that order: what a merge leaves of the columns it merged. At least one column. */
export function pickRows(columns: readonly Column[], lists: Uint32Array, rows: Uint32Array): Column {
  const first = columns[0];
  if (!first) throw new Error('no columns to pick rows from');
  if (columns.length === 1) return gatherColumn(first, rows);
  const valid = columns.some((column) => column.valid) ? pickValid(columns, lists, rows) : undefined;
  switch (first.kind) {
    case 'fixed':
      return fixedColumn(first.dataType, pickValues(columns as readonly FixedColumn[], lists, rows), valid);
    case 'bytes':
      return pickVariable(columns as readonly BytesColumn[], lists, rows, valid);
    case 'vector': {
      const { rowBytes } = first;
      const out = new Uint8Array(rows.length * rowBytes);
      for (let i = 0; i < rows.length; i++) {
        const { data } = columns[lists[i]!] as VectorColumn;
        out.set(data.subarray(rows[i]! * rowBytes, (rows[i]! + 1) * rowBytes), i * rowBytes);
      }
      return vectorColumn(first.dataType, first.dimension, rowBytes, out, valid);
    }
  }
}

function pickValid(columns: readonly Column[], lists: Uint32Array, rows: Uint32Array): Uint8Array {
  const out = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = columns[lists[i]!]!.valid?.[rows[i]!] ?? 1;
  return out;
}

function pickValues(columns: readonly FixedColumn[], lists: Uint32Array, rows: Uint32Array): FixedValues {
  const out = new (columns[0]!.values.constructor as FixedConstructor)(rows.length) as Float64Array;
  // The columns are of one type: the cast only picks one kind of element.
  for (let i = 0; i < rows.length; i++) out[i] = (columns[lists[i]!]!.values as Float64Array)[rows[i]!]!;
  return out;
}

function pickVariable(
  columns: readonly BytesColumn[],
  lists: Uint32Array,
  rows: Uint32Array,
  valid: Uint8Array | undefined,
): BytesColumn {
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    const column = columns[lists[i]!]!;
    offsets[i + 1] = offsets[i]! + column.offsets[rows[i]! + 1]! - column.offsets[rows[i]!]!;
  }
  const bytes = new Uint8Array(offsets[rows.length]!);
  for (let i = 0; i < rows.length; i++) bytes.set(bytesAt(columns[lists[i]!]!, rows[i]!), offsets[i]!);
  return bytesColumn(columns[0]!.dataType, offsets, bytes, valid);
}

function gatherBytes(bytes: Uint8Array, rows: Uint32Array): Uint8Array {
  const out = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = bytes[rows[i]!]!;
  return out;
}

function gatherValues(values: FixedValues, rows: Uint32Array): FixedValues {
  if (values instanceof BigInt64Array) {
    const out = new BigInt64Array(rows.length);
    for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
    return out;
  }
  const out = new (values.constructor as new (length: number) => Exclude<FixedValues, BigInt64Array>)(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  return out;
}

function gatherVariable(column: BytesColumn, rows: Uint32Array, valid: Uint8Array | undefined): BytesColumn {
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    offsets[i + 1] = offsets[i]! + column.offsets[rows[i]! + 1]! - column.offsets[rows[i]!]!;
  }
  const bytes = new Uint8Array(offsets[rows.length]!);
  for (let i = 0; i < rows.length; i++) bytes.set(bytesAt(column, rows[i]!), offsets[i]!);
  return bytesColumn(column.dataType, offsets, bytes, valid);
}

function concatValid(columns: readonly Column[], rowCount: number): Uint8Array {
  const valid = new Uint8Array(rowCount);
  let at = 0;
  for (const column of columns) {
    if (column.valid) valid.set(column.valid.subarray(0, column.rowCount), at);
    else valid.fill(1, at, at + column.rowCount);
    at += column.rowCount;
  }
  return valid;
}

function concatValues(columns: readonly FixedColumn[], rowCount: number): FixedValues {
  const out = new (columns[0]!.values.constructor as FixedConstructor)(rowCount);
  let at = 0;
  for (const column of columns) {
    (out as Uint8Array).set(column.values as Uint8Array, at);
    at += column.rowCount;
  }
  return out;
}

function concatVariable(columns: readonly BytesColumn[], rowCount: number, valid: Uint8Array | undefined): BytesColumn {
  const offsets = new Uint32Array(rowCount + 1);
  let row = 0;
  let end = 0;
  for (const column of columns) {
    const start = column.offsets[0]!;
    for (let i = 1; i <= column.rowCount; i++) offsets[++row] = end + column.offsets[i]! - start;
    end = offsets[row]!;
  }
  const bytes = new Uint8Array(end);
  let at = 0;
  for (const column of columns) {
    const part = column.bytes.subarray(column.offsets[0]!, column.offsets[column.rowCount]!);
    bytes.set(part, at);
    at += part.length;
  }
  return bytesColumn(columns[0]!.dataType, offsets, bytes, valid);
}
