import type { BytesColumn, Column, FixedColumn, VectorColumn } from '../columns/column.ts';
import { fixedArrayOf, fixedColumn } from '../columns/column-operations.ts';
import { normalSparseColumn } from '../columns/sparse-rows.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName, isDenseVector, vectorRowBytes } from '../schema/data-type.ts';
import { storedArrays } from './array-rows.ts';
import { nullColumn } from './fill-nulls.ts';
import type { InputColumn } from './input-column.ts';
import { parseTexts } from './text-values.ts';
import { storedVectorLists } from './vector-lists.ts';

/**
 * The sent values in the type that the field stores: small integers come wider than they are, geometries and timestamps as text (`zone`: what is meant where a timestamp names none).
 * Throws for another type and for values that do not fit.
 */
export async function storedType(field: FieldSchema, input: InputColumn, zone: string): Promise<Column> {
  const { column, elementType, valid } = input;
  const { dataType } = field;
  if (dataType === DataType.Timestamptz || dataType === DataType.Geometry) {
    const isFull = valid?.length === column.rowCount;
    return parseTexts(field, column, (row) => !isFull || valid[row] === 1, zone);
  }
  const sent = column.dataType;
  if (sent !== dataType) {
    throw invalid(
      `field ${field.name} is of type ${dataTypeName(dataType)}, but data of type ${dataTypeName(sent)} is given`,
    );
  }
  if (dataType === DataType.Int8 || dataType === DataType.Int16) return narrow(field, column as FixedColumn);
  if (isDenseVector(dataType)) return checkedVectors(field, column as VectorColumn);
  if (dataType === DataType.Array) return storedArrays(field, column as BytesColumn, elementType);
  if (dataType === DataType.ArrayOfVector) return storedVectorLists(field, input);
  if (dataType === DataType.SparseFloatVector) return normalSparseColumn(column as BytesColumn);
  const fixed = fixedArrayOf(dataType);
  const hasRightArray = fixed ? column.kind === 'fixed' && column.values instanceof fixed : column.kind === 'bytes';
  if (!hasRightArray)
    throw invalid(`field ${field.name} is of type ${dataTypeName(dataType)}, but its data is in another form`);
  return column;
}

function narrow(field: FieldSchema, column: FixedColumn): Column {
  const values = new (fixedArrayOf(field.dataType)!)(column.values.length) as Int8Array;
  for (let row = 0; row < values.length; row++) {
    values[row] = column.values[row] as number;
    if (values[row] !== column.values[row]) {
      const limit = field.dataType === DataType.Int8 ? 128 : 32_768;
      throw invalid(
        `the ${row}th element (${column.values[row]}) out of range: [${-limit}, ${limit - 1}], field name: ${field.name}`,
      );
    }
  }
  return fixedColumn(field.dataType, values);
}

function checkedVectors(field: FieldSchema, column: VectorColumn): Column {
  // Nothing but nulls: whoever sends no vector need not say how long it is.
  if (column.rowCount === 0) return { ...nullColumn(field, 0), valid: undefined };
  if (column.dimension !== field.dimension) {
    throw invalid(
      `the dim (${column.dimension}) of field data(${field.name}) is not equal to schema dim (${field.dimension})`,
    );
  }
  const rowBytes = vectorRowBytes(field.dataType, column.dimension);
  if (column.data.length % rowBytes !== 0) {
    throw invalid(
      `the length (${column.data.length}) of vector field ${field.name} is not a multiple of ${rowBytes} bytes`,
    );
  }
  return { ...column, rowBytes, rowCount: column.data.length / rowBytes };
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
