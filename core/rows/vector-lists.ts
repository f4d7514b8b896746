import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BytesColumn, isPresent } from '../columns/column.ts';
import { bytesAt, bytesColumn, bytesColumnFrom } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName, vectorRowBytes } from '../schema/data-type.ts';
import { findNonFinite } from '../schema/validate-vectors.ts';
import type { InputColumn } from './input-column.ts';
import { unfit } from './scalar-value.ts';
import { vectorNumbers, vectorsToColumn } from './vector-value.ts';

/** Rows of ArrayOfVector fields: lists of vectors, one behind the other. */

/** Bytes of vectors looked at between two turns of the event loop. */
const BYTES_PER_TURN = 4 * 1024 * 1024;

/** The column if its vectors are the field's; lists without a vector need not name type and dimension. */
export function storedVectorLists(field: FieldSchema, { column, elementType, dimension }: InputColumn): BytesColumn {
  const lists = column as BytesColumn;
  if (elementType === undefined) return lists;
  if (elementType !== field.elementType) {
    throw invalid(
      `field ${field.name} is an array of ${dataTypeName(field.elementType!)}, but vectors of type ${dataTypeName(elementType)} are given`,
    );
  }
  if (dimension !== undefined && dimension !== field.dimension) {
    throw invalid(
      `the dim (${dimension}) of field data(${field.name}) is not equal to schema dim (${field.dimension})`,
    );
  }
  return lists;
}

/** Whole vectors, `max_capacity`, and no value that is not finite. */
export async function checkVectorLists(field: FieldSchema, column: BytesColumn): Promise<void> {
  const { elementType, maxCapacity } = field;
  const vectorBytes = vectorRowBytes(elementType!, field.dimension!);
  let sinceTurn = 0;
  for (let row = 0; row < column.rowCount; row++) {
    if (!isPresent(column, row)) continue;
    const list = bytesAt(column, row);
    const length = list.length / vectorBytes;
    if (!Number.isInteger(length)) {
      throw invalid(
        `the length (${list.length}) of row ${row} of field ${field.name} is not a multiple of ${vectorBytes} bytes (dim ${field.dimension})`,
      );
    }
    if (length > maxCapacity!) {
      throw invalid(
        `the length (${length}) of ${row}th array exceeds max capacity (${maxCapacity}), field name: ${field.name}`,
      );
    }
    if (findNonFinite(elementType!, list) >= 0)
      throw invalid(`value is not a number or infinity: row ${row} of vector field ${field.name}`);
    sinceTurn += list.length;
    if (sinceTurn < BYTES_PER_TURN) continue;
    sinceTurn = 0;
    await nextTurn();
  }
}

/** Lists of vectors in JSON, one per row, `undefined` for null. */
export function vectorListValuesToColumn(field: FieldSchema, values: readonly unknown[]): BytesColumn {
  const element = elementField(field);
  const rows = values.map((value, row) => {
    if (value === undefined) return EMPTY;
    if (!Array.isArray(value)) throw unfit(field.name, row, `an array of ${dataTypeName(element.dataType)}`, value);
    return value.length === 0 ? EMPTY : vectorsToColumn(element, value).data;
  });
  const { offsets, bytes } = bytesColumnFrom(DataType.ArrayOfVector, rows);
  return bytesColumn(DataType.ArrayOfVector, offsets, bytes);
}

const EMPTY = new Uint8Array(0);

/** The vectors of one row as numbers for JSON. */
export function vectorListValue(field: FieldSchema, row: Uint8Array): number[][] {
  const { dataType, dimension } = elementField(field);
  const rowBytes = vectorRowBytes(dataType, dimension!);
  const rowCount = row.length / rowBytes;
  const vectors = {
    kind: 'vector',
    dataType,
    dimension: dimension!,
    rowBytes,
    rowCount,
    data: row,
    valid: undefined,
  } as const;
  return Array.from({ length: rowCount }, (_, i) => vectorNumbers(vectors, i));
}

/** A field of the vectors themselves. */
function elementField(field: FieldSchema): FieldSchema {
  return { ...field, dataType: field.elementType! };
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
