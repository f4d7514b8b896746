import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { arrayLength, elementBytes, textElementAt } from '../columns/array-values.ts';
import { type BytesColumn, isPresent } from '../columns/column.ts';
import { bytesAt, bytesColumn, fixedArrayOf } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName } from '../schema/data-type.ts';

/** Rows of Array fields: their elements in the type that the field stores, and the limits of the field. */

/** Elements looked at between two turns of the event loop. */
const ELEMENTS_PER_TURN = 500_000;

/** The arrays with elements of the field's type. `sentType` is what they came as; undefined when no array has an element. */
export function storedArrays(field: FieldSchema, column: BytesColumn, sentType: DataType | undefined): BytesColumn {
  const { elementType } = field;
  if (sentType === undefined || sentType === elementType) return column;
  const isSmaller = elementType === DataType.Int8 || elementType === DataType.Int16;
  if (sentType === DataType.Int32 && isSmaller) return narrow(field, column);
  throw invalid(
    `field ${field.name} is an array of ${dataTypeName(elementType!)}, but elements of type ${dataTypeName(sentType)} are given`,
  );
}

/** Whole numbers of 32 bits as the smaller ones they must be. */
function narrow(field: FieldSchema, column: BytesColumn): BytesColumn {
  const { rowCount, offsets } = column;
  const values = new Int32Array(column.bytes.slice(offsets[0]!, offsets[rowCount]!).buffer as ArrayBuffer);
  const arrayType = fixedArrayOf(field.elementType!)!;
  const narrowed = new arrayType(values.length) as Int8Array;
  for (let i = 0; i < values.length; i++) {
    narrowed[i] = values[i]!;
    if (narrowed[i] === values[i]) continue;
    const limit = field.elementType === DataType.Int8 ? 128 : 32_768;
    throw invalid(
      `the ${i}th element (${values[i]}) out of range: [${-limit}, ${limit - 1}], field name: ${field.name}`,
    );
  }
  const shrink = Int32Array.BYTES_PER_ELEMENT / arrayType.BYTES_PER_ELEMENT;
  const ends = offsets.map((offset) => (offset - offsets[0]!) / shrink);
  return bytesColumn(column.dataType, ends, new Uint8Array(narrowed.buffer), column.valid);
}

/** `max_capacity`, and for texts `max_length` and UTF-8. Null rows are passed over. */
export async function checkArrays(field: FieldSchema, column: BytesColumn): Promise<void> {
  const { elementType, maxCapacity } = field;
  const size = elementBytes(elementType!);
  let sinceTurn = 0;
  for (let row = 0; row < column.rowCount; row++) {
    if (!isPresent(column, row)) continue;
    const array = bytesAt(column, row);
    if (size !== undefined && array.length % size !== 0) {
      throw invalid(`row ${row} of field ${field.name} is no array of ${dataTypeName(elementType!)}`);
    }
    const length = arrayLength(elementType!, array);
    if (length > maxCapacity!) {
      throw invalid(
        `the length (${length}) of ${row}th array exceeds max capacity (${maxCapacity}), field name: ${field.name}`,
      );
    }
    if (elementType === DataType.VarChar) checkTexts(field, array, row, length);
    sinceTurn += length + 1;
    if (sinceTurn < ELEMENTS_PER_TURN) continue;
    sinceTurn = 0;
    await nextTurn();
  }
}

function checkTexts(field: FieldSchema, array: Uint8Array, row: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const text = textElementAt(array, i);
    if (text.length > field.maxLength!) {
      throw invalid(
        `length of VarChar array field "${field.name}" exceeds max length, row number: ${row}, array index: ${i}, length: ${text.length}, max length: ${field.maxLength}`,
      );
    }
    if (!isUtf8(text)) throw invalid(`array field ${field.name} holds bytes that are not UTF-8, row number: ${row}`);
  }
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
