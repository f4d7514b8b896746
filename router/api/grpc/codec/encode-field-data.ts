import type { BytesColumn, Column, FixedColumn, VectorColumn } from '../../../../core/columns/column.ts';
import { isPresent } from '../../../../core/columns/column.ts';
import { bytesAt } from '../../../../core/columns/column-operations.ts';
import { sparseDimension } from '../../../../core/columns/sparse-rows.ts';
import { textsOf } from '../../../../core/columns/text-column.ts';
import type { FieldSchema } from '../../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isVector } from '../../../../core/schema/data-type.ts';
import type { FieldData, ScalarField, VectorField } from '../../../../proto/generated/milvus/field_data.ts';
import type { DataType as WireType } from '../../../../proto/generated/milvus/schema.ts';
import { bytesOf } from '../../../../proto/milvus/float-lens.ts';
import type { NamedColumn } from '../../../operations/named-column.ts';
import { plainBigints } from './bigints.ts';
import { encodeArrayField } from './encode-array-field.ts';

type ScalarData = NonNullable<ScalarField['data']>;

const EMPTY = new Uint8Array(0);

/** A column of an answer: scalars full length with placeholders at the nulls, vectors without their nulls; a column without nulls says nothing of validity. */
export function encodeFieldData({ name, field, column }: NamedColumn): FieldData {
  return {
    type: field.dataType as WireType,
    fieldName: name,
    field:
      column.kind === 'vector'
        ? { $case: 'vectors', value: encodeVectors(column) }
        : isVector(column.dataType)
          ? { $case: 'vectors', value: encodeVectorRows(field, column as BytesColumn) }
          : { $case: 'scalars', value: { data: encodeScalars(field, column) } },
    fieldId: BigInt(field.id),
    isDynamic: field.isDynamic,
    validData: validityOf(column),
  };
}

function encodeScalars(field: FieldSchema, column: FixedColumn | BytesColumn): ScalarData {
  if (column.kind === 'fixed') return encodeFixed(column);
  switch (column.dataType) {
    case DataType.JSON:
      return { $case: 'jsonData', value: { data: rowsOf(column) } };
    case DataType.Array:
      return { $case: 'arrayData', value: encodeArrayField(column, field.elementType!) };
    default: {
      const value = { data: textsOf(column) };
      return field.dataType === DataType.Geometry
        ? { $case: 'geometryWktData', value }
        : { $case: 'stringData', value };
    }
  }
}

function encodeFixed(column: FixedColumn): ScalarData {
  const { dataType, values } = column;
  switch (dataType) {
    case DataType.Bool:
      return { $case: 'boolData', value: { data: Array.from(values as Uint8Array, Boolean) } };
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
      return { $case: 'intData', value: { data: Array.from(values as Int32Array) } };
    case DataType.Int64:
      return { $case: 'longData', value: { data: plainBigints(values as BigInt64Array) } };
    case DataType.Float:
      return { $case: 'floatData', value: { data: bytesOf(values) } };
    case DataType.Double:
      return { $case: 'doubleData', value: { data: bytesOf(values) } };
    default:
      throw new Error(`${dataTypeName(dataType)} is not of fixed size`);
  }
}

/** Views; zero bytes for null, which is how the wire spells a null JSON. */
function rowsOf(column: BytesColumn): Uint8Array[] {
  const rows = new Array<Uint8Array>(column.rowCount);
  for (let row = 0; row < column.rowCount; row++) rows[row] = isPresent(column, row) ? bytesAt(column, row) : EMPTY;
  return rows;
}

function encodeVectors(column: VectorColumn): VectorField {
  const value = hasNull(column) ? withoutNulls(column) : column.data;
  return denseVectors(column.dataType, BigInt(column.dimension), value);
}

function denseVectors(dataType: DataType, dim: bigint, value: Uint8Array): VectorField {
  switch (dataType) {
    case DataType.FloatVector:
      return { dim, data: { $case: 'floatVector', value: { data: value } } };
    case DataType.BinaryVector:
      return { dim, data: { $case: 'binaryVector', value } };
    case DataType.Float16Vector:
      return { dim, data: { $case: 'float16Vector', value } };
    case DataType.BFloat16Vector:
      return { dim, data: { $case: 'bfloat16Vector', value } };
    case DataType.Int8Vector:
      return { dim, data: { $case: 'int8Vector', value } };
    default:
      throw new Error(`${dataTypeName(dataType)} is not a dense vector`);
  }
}

function encodeVectorRows(field: FieldSchema, column: BytesColumn): VectorField {
  return column.dataType === DataType.ArrayOfVector ? encodeLists(field, column) : encodeSparse(column);
}

function encodeLists({ elementType, dimension }: FieldSchema, column: BytesColumn): VectorField {
  const dim = BigInt(dimension!);
  const data = rowsOf(column).map((row) => denseVectors(elementType!, dim, row));
  return { dim, data: { $case: 'vectorArray', value: { dim, data, elementType: elementType as WireType } } };
}

/** As dense vectors: without the nulls. */
function encodeSparse(column: BytesColumn): VectorField {
  const contents: Uint8Array[] = [];
  let dim = 0;
  for (let row = 0; row < column.rowCount; row++) {
    if (!isPresent(column, row)) continue;
    const vector = bytesAt(column, row);
    dim = Math.max(dim, sparseDimension(vector));
    contents.push(vector);
  }
  return { dim: BigInt(dim), data: { $case: 'sparseFloatVector', value: { contents, dim: BigInt(dim) } } };
}

function withoutNulls({ rowCount, rowBytes, data, valid }: VectorColumn): Uint8Array {
  const out = new Uint8Array(rowCount * rowBytes);
  let used = 0;
  for (let row = 0; row < rowCount; row++) {
    if (valid![row] === 0) continue;
    out.set(data.subarray(row * rowBytes, (row + 1) * rowBytes), used);
    used += rowBytes;
  }
  return out.subarray(0, used);
}

/** A flag per row; none where no row is null. */
export function validityOf(column: Column): boolean[] {
  return hasNull(column) ? Array.from(column.valid!.subarray(0, column.rowCount), Boolean) : [];
}

function hasNull({ valid, rowCount }: Column): boolean {
  return valid?.subarray(0, rowCount).includes(0) ?? false;
}
