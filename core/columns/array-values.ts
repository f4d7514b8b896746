import { BraidError } from '../errors.ts';
import { DataType, dataTypeName } from '../schema/data-type.ts';
import { fixedArrayOf } from './column-operations.ts';

/**
 * The bytes of one row of an Array column. Elements are never null (as in Milvus).
 *
 * - Bool, Int8..Int64, Float, Double, Timestamptz: the elements packed, 1, 2, 4 or 8 bytes each, little endian. So the row's length tells how many there are.
 * - VarChar: uint32 count, then count uint32 end offsets (counted from the first byte of text), then the UTF-8 bytes.
 */
export type ArrayElement = boolean | number | bigint | string;

const UINT32_BYTES = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of one element; undefined for VarChar, whose elements differ. */
export function elementBytes(elementType: DataType): number | undefined {
  return fixedArrayOf(elementType)?.BYTES_PER_ELEMENT;
}

export function arrayLength(elementType: DataType, row: Uint8Array): number {
  const size = elementBytes(elementType);
  if (size !== undefined) return row.length / size;
  return row.length === 0 ? 0 : viewOf(row).getUint32(0, true);
}

/** The elements: booleans, numbers, bigints (Int64, Timestamptz) or texts. */
export function decodeArray(elementType: DataType, row: Uint8Array): ArrayElement[] {
  const count = arrayLength(elementType, row);
  return Array.from({ length: count }, (_, i) => elementAt(elementType, row, i));
}

/** Element `index`, which must exist. */
export function elementAt(elementType: DataType, row: Uint8Array, index: number): ArrayElement {
  if (elementType === DataType.VarChar) return decoder.decode(textElementAt(row, index));
  const view = viewOf(row);
  switch (elementType) {
    case DataType.Bool:
      return row[index] === 1;
    case DataType.Int8:
      return view.getInt8(index);
    case DataType.Int16:
      return view.getInt16(index * 2, true);
    case DataType.Int32:
      return view.getInt32(index * 4, true);
    case DataType.Int64:
    case DataType.Timestamptz:
      return view.getBigInt64(index * 8, true);
    case DataType.Float:
      return view.getFloat32(index * 4, true);
    case DataType.Double:
      return view.getFloat64(index * 8, true);
    default:
      throw notAnElement(elementType);
  }
}

/** The bytes of a VarChar element, which must exist: a view on the row. */
export function textElementAt(row: Uint8Array, index: number): Uint8Array {
  const view = viewOf(row);
  const start = (1 + view.getUint32(0, true)) * UINT32_BYTES;
  const from = index === 0 ? 0 : view.getUint32(index * UINT32_BYTES, true);
  const to = view.getUint32((index + 1) * UINT32_BYTES, true);
  return row.subarray(start + from, start + to);
}

/** The inverse of `decodeArray`. The elements are of the right kind and in range. */
export function encodeArray(elementType: DataType, elements: readonly ArrayElement[]): Uint8Array {
  if (elementType === DataType.VarChar) return encodeTexts(elements as readonly string[]);
  const arrayType = fixedArrayOf(elementType);
  if (!arrayType) throw notAnElement(elementType);
  const values = new arrayType(elements.length);
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i]!;
    // The element is of the array's kind: the cast only picks one.
    values[i] = (typeof element === 'boolean' ? Number(element) : element) as number;
  }
  return new Uint8Array(values.buffer as ArrayBuffer);
}

function encodeTexts(texts: readonly string[]): Uint8Array {
  const parts = texts.map((text) => encoder.encode(text));
  const start = (1 + parts.length) * UINT32_BYTES;
  const row = new Uint8Array(parts.reduce((sum, part) => sum + part.length, start));
  const view = viewOf(row);
  view.setUint32(0, parts.length, true);
  let end = 0;
  for (let i = 0; i < parts.length; i++) {
    row.set(parts[i]!, start + end);
    end += parts[i]!.length;
    view.setUint32((i + 1) * UINT32_BYTES, end, true);
  }
  return row;
}

function viewOf(row: Uint8Array): DataView {
  return new DataView(row.buffer, row.byteOffset, row.byteLength);
}

function notAnElement(elementType: DataType): BraidError {
  return new BraidError('parameterInvalid', `${dataTypeName(elementType)} is no type of an array's elements`);
}
