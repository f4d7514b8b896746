import type { VectorColumn } from '../columns/column.ts';
import { vectorColumn } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName, vectorRowBytes } from '../schema/data-type.ts';
import { shortFloat } from './float32.ts';
import { unfit } from './scalar-value.ts';

/**
 * Vectors in JSON: arrays of numbers, one per dimension (BinaryVector: one per byte). Vectors whose elements are smaller than a float32 may also come as
 * base64 of their bytes.
 */
export function vectorsToColumn(field: FieldSchema, values: readonly unknown[]): VectorColumn {
  const { dataType, dimension = 0 } = field;
  const rowBytes = vectorRowBytes(dataType, dimension);
  const bytes = new Uint8Array(values.length * rowBytes);
  const elements = elementsOn(dataType, bytes);
  const perRow = elements.length / values.length;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === undefined) continue;
    if (typeof value === 'string' && dataType !== DataType.FloatVector) {
      bytes.set(bytesFromBase64(field, row, value, rowBytes), row * rowBytes);
    } else {
      writeNumbers(field, row, value, elements, row * perRow, perRow);
    }
  }
  return vectorColumn(dataType, dimension, rowBytes, bytes);
}

/** The elements of one row of the column as numbers for JSON. */
export function vectorNumbers(column: VectorColumn, row: number): number[] {
  const { dataType, rowBytes } = column;
  const bytes = new Uint8Array(column.data.subarray(row * rowBytes, (row + 1) * rowBytes));
  const elements = elementsOn(dataType, bytes);
  switch (dataType) {
    case DataType.BFloat16Vector:
      return Array.from(fromBfloat16(elements as Uint16Array), shortFloat);
    case DataType.FloatVector:
    case DataType.Float16Vector:
      return Array.from(elements, shortFloat);
    default:
      return Array.from(elements);
  }
}

type Elements = Float32Array | Float16Array | Uint16Array | Int8Array | Uint8Array;

function elementsOn(dataType: DataType, { buffer, byteLength }: Uint8Array): Elements {
  switch (dataType) {
    case DataType.FloatVector:
      return new Float32Array(buffer, 0, byteLength / 4);
    case DataType.Float16Vector:
      return new Float16Array(buffer, 0, byteLength / 2);
    case DataType.BFloat16Vector:
      return new Uint16Array(buffer, 0, byteLength / 2);
    case DataType.Int8Vector:
      return new Int8Array(buffer, 0, byteLength);
    default:
      return new Uint8Array(buffer, 0, byteLength);
  }
}

function writeNumbers(
  field: FieldSchema,
  row: number,
  value: unknown,
  elements: Elements,
  from: number,
  count: number,
): void {
  const { dataType } = field;
  if (!Array.isArray(value)) throw unfit(field.name, row, `a ${dataTypeName(dataType)}`, value);
  if (value.length !== count) {
    throw new BraidError(
      'parameterInvalid',
      `field ${field.name}, row ${row}: the vector has ${value.length} elements, expected ${count} (dim ${field.dimension})`,
    );
  }
  const [least, most] = rangeOf(dataType);
  for (const number of value as readonly unknown[]) {
    if (typeof number !== 'number' || number < least || number > most) {
      throw unfit(field.name, row, `an element of a ${dataTypeName(dataType)}`, number);
    }
  }
  elements.set(dataType === DataType.BFloat16Vector ? toBfloat16(value) : value, from);
}

function rangeOf(dataType: DataType): readonly [number, number] {
  if (dataType === DataType.Int8Vector) return [-128, 127];
  return dataType === DataType.BinaryVector ? [0, 255] : [-Infinity, Infinity];
}

function bytesFromBase64(field: FieldSchema, row: number, text: string, rowBytes: number): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === rowBytes) return bytes;
  throw unfit(field.name, row, `base64 of ${rowBytes} bytes`, text);
}

/** The upper half of a float32, rounded to the nearest, ties to even; what overflows becomes infinite. */
function toBfloat16(values: readonly number[]): Uint16Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
}

function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}
