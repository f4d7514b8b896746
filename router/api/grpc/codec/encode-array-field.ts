import { decodeArray } from '../../../../core/columns/array-values.ts';
import { type BytesColumn, isPresent } from '../../../../core/columns/column.ts';
import { bytesAt } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import { DataType, dataTypeName } from '../../../../core/schema/data-type.ts';
import type { ArrayArray, ScalarField } from '../../../../proto/generated/milvus/field_data.ts';
import type { DataType as WireType } from '../../../../proto/generated/milvus/schema.ts';

const EMPTY = new Uint8Array(0);

/** Rows of arrays for the wire; null rows are empty arrays. */
export function encodeArrayField(column: BytesColumn, elementType: DataType): ArrayArray {
  const data = new Array<ScalarField>(column.rowCount);
  for (let row = 0; row < data.length; row++) {
    data[row] = { data: encodeRow(elementType, isPresent(column, row) ? bytesAt(column, row) : EMPTY) };
  }
  return { data, elementType: elementType as WireType };
}

function encodeRow(elementType: DataType, row: Uint8Array): ScalarField['data'] {
  switch (elementType) {
    case DataType.Bool:
      return { $case: 'boolData', value: { data: Array.from(row, Boolean) } };
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
      return { $case: 'intData', value: { data: decodeArray(elementType, row) as number[] } };
    case DataType.Int64:
      return { $case: 'longData', value: { data: decodeArray(elementType, row) as bigint[] } };
    // The same bytes as in the column.
    case DataType.Float:
      return { $case: 'floatData', value: { data: row } };
    case DataType.Double:
      return { $case: 'doubleData', value: { data: row } };
    case DataType.VarChar:
      return { $case: 'stringData', value: { data: decodeArray(elementType, row) as string[] } };
    default:
      throw new BraidError('internal', `${dataTypeName(elementType)} is no type of an array's elements`);
  }
}
