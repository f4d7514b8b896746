import {
  type DataType as ArrowType,
  Binary,
  Bool,
  type Data,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  makeData,
  type RecordBatch,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import type { Column, FixedValues } from '../../core/columns/column.ts';
import { bytesColumn, fixedArrayOf, fixedColumn } from '../../core/columns/column-operations.ts';
import { DataType, dataTypeName } from '../../core/schema/data-type.ts';

/**
 * Columns of a segment as Arrow arrays and back (FORMAT.md). Values and text are views on the same memory both ways; only validity and booleans, which are bytes in
 * memory and bits in Arrow, are converted.
 */

export const BOOLEANS = new Bool();

const ARROW_TYPES: ReadonlyMap<DataType, ArrowType> = new Map<DataType, ArrowType>([
  [DataType.Bool, BOOLEANS],
  [DataType.Int8, new Int8()],
  [DataType.Int16, new Int16()],
  [DataType.Int32, new Int32()],
  [DataType.Int64, new Int64()],
  [DataType.Float, new Float32()],
  [DataType.Double, new Float64()],
  [DataType.Timestamptz, new TimestampMicrosecond('UTC')],
  [DataType.VarChar, new Utf8()],
  [DataType.JSON, new Utf8()],
  [DataType.Array, new Binary()],
  [DataType.Geometry, new Binary()],
  [DataType.SparseFloatVector, new Binary()],
  [DataType.ArrayOfVector, new Binary()],
]);

export function arrowTypeOf(dataType: DataType): ArrowType {
  const type = ARROW_TYPES.get(dataType);
  if (!type) throw new Error(`${dataTypeName(dataType)} is not stored in a column`);
  return type;
}

export function arrowField(name: string, type: ArrowType, metadata?: ReadonlyMap<string, string>): Field {
  return new Field(name, type, true, metadata && new Map(metadata));
}

export function toArrow(column: Column): Data {
  const type = arrowTypeOf(column.dataType);
  const { rowCount } = column;
  const nullBitmap = column.valid && packBits(column.valid, rowCount);
  const nullCount = column.valid ? rowCount - column.valid.reduce((sum, flag) => sum + flag, 0) : 0;
  const shared = { type, length: rowCount, nullCount, nullBitmap: nullBitmap ?? null };
  if (column.kind === 'bytes') {
    const start = column.offsets[0]!;
    const end = column.offsets[rowCount]!;
    const offsets = start === 0 ? column.offsets : column.offsets.map((offset) => offset - start);
    const valueOffsets = new Int32Array(offsets.buffer, offsets.byteOffset, rowCount + 1);
    return makeData({ ...shared, type: type as Utf8, valueOffsets, data: column.bytes.subarray(start, end) });
  }
  if (column.kind === 'vector') throw new Error('vectors are not stored as Arrow arrays');
  const data = column.dataType === DataType.Bool ? packBits(column.values as Uint8Array, rowCount) : column.values;
  return makeData({ ...shared, type: type as Int8, data: data as Int8Array });
}

/** Flags that are not a column of their own: the validity of a vector field. */
export function flagsToArrow(flags: Uint8Array): Data {
  return makeData({ type: BOOLEANS, length: flags.length, nullCount: 0, data: packBits(flags, flags.length) });
}

export function flagsFromArrow(data: Data): Uint8Array {
  return unpackBits(data.values as Uint8Array, data.length);
}

/** The column of a batch by its name; undefined if the file has none. Throws if it is of another type. */
export function fromArrow(batch: RecordBatch, name: string, dataType: DataType): Column | undefined {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  if (index < 0) return undefined;
  const data = batch.data.children[index]!;
  const expected = arrowTypeOf(dataType);
  if (data.typeId !== expected.typeId || String(data.type) !== String(expected)) {
    throw new Error(`column ${name} is of type ${data.type}, expected ${expected}`);
  }
  const valid = data.nullCount > 0 ? unpackBits(data.nullBitmap, data.length) : undefined;
  if (dataType === DataType.Bool) return fixedColumn(dataType, flagsFromArrow(data), valid);
  const values = data.values as FixedValues & Uint8Array;
  if (fixedArrayOf(dataType)) return fixedColumn(dataType, values.subarray(0, data.length), valid);
  const { buffer, byteOffset } = data.valueOffsets as Int32Array<ArrayBuffer>;
  return bytesColumn(dataType, new Uint32Array(buffer, byteOffset, data.length + 1), values, valid);
}

/** Least significant bit first, as Arrow has it. */
function packBits(flags: Uint8Array, rowCount: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rowCount / 64) * 8);
  for (let row = 0; row < rowCount; row++) bits[row >>> 3]! |= (flags[row] === 0 ? 0 : 1) << (row & 7);
  return bits;
}

function unpackBits(bits: Uint8Array, rowCount: number): Uint8Array {
  const flags = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) flags[row] = (bits[row >>> 3]! >>> (row & 7)) & 1;
  return flags;
}
