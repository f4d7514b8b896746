import type { Column, FixedValues } from '../columns/column.ts';
import { bytesColumnFrom, fixedColumn } from '../columns/column-operations.ts';
import { textColumn } from '../columns/text-column.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName, isDenseVector } from '../schema/data-type.ts';
import { arrayValuesToColumn } from './array-value.ts';
import { stringifyExactly } from './int64.ts';
import { scalarOf } from './scalar-value.ts';
import { sparseValuesToColumn } from './sparse-value.ts';
import { vectorListValuesToColumn } from './vector-lists.ts';
import { vectorsToColumn } from './vector-value.ts';

/** One value of JSON per row, `undefined` for null, as a column of the field's type; nulls hold placeholders. */
export function valuesToColumn(field: FieldSchema, values: readonly unknown[]): Column {
  const { dataType } = field;
  if (isDenseVector(dataType)) return vectorsToColumn(field, values);
  switch (dataType) {
    case DataType.Bool:
      return fixedColumn(dataType, fill(new Uint8Array(values.length), field, values, Number));
    // Whole numbers travel in 32 bits, as they do on the wire.
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
      return fixedColumn(dataType, fill(new Int32Array(values.length), field, values, Number));
    case DataType.Float:
      return fixedColumn(dataType, fill(new Float32Array(values.length), field, values, Number));
    case DataType.Double:
      return fixedColumn(dataType, fill(new Float64Array(values.length), field, values, Number));
    case DataType.Int64:
      return fixedColumn(dataType, fill(new BigInt64Array(values.length), field, values, BigInt));
    // Timestamps and geometries are text until they are checked.
    case DataType.VarChar:
    case DataType.Timestamptz:
    case DataType.Geometry:
      return textColumn(
        DataType.VarChar,
        values.map((value, row) => (value === undefined ? '' : (scalarOf(field.name, row, dataType, value) as string))),
      );
    case DataType.Array:
      return arrayValuesToColumn(field, values);
    case DataType.ArrayOfVector:
      return vectorListValuesToColumn(field, values);
    case DataType.SparseFloatVector:
      return sparseValuesToColumn(field, values);
    case DataType.JSON:
      return bytesColumnFrom(dataType, values.map(jsonText));
    default:
      throw new BraidError('notSupported', `field ${field.name}: ${dataTypeName(dataType)} is not supported here`);
  }
}

function fill<Values extends FixedValues>(
  array: Values,
  field: FieldSchema,
  values: readonly unknown[],
  convert: (scalar: boolean | number | bigint | string) => Values[number],
): Values {
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value !== undefined) array[row] = convert(scalarOf(field.name, row, field.dataType, value));
  }
  return array;
}

/** A text that is JSON is meant as JSON: that is how rows are read and written back. */
function jsonText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return stringifyExactly(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}
