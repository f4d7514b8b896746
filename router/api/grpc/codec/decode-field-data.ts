import type { Column } from '../../../../core/columns/column.ts';
import { bytesColumnFrom, emptyColumn, fixedColumn } from '../../../../core/columns/column-operations.ts';
import { textColumn } from '../../../../core/columns/text-column.ts';
import { BraidError } from '../../../../core/errors.ts';
import type { InputColumn } from '../../../../core/rows/input-column.ts';
import { DataType, dataTypeName } from '../../../../core/schema/data-type.ts';
import type { FieldData, ScalarField } from '../../../../proto/generated/milvus/field_data.ts';
import { DataType as WireType } from '../../../../proto/generated/milvus/schema.ts';
import { doublesOf, floatsOf } from '../../../../proto/milvus/float-lens.ts';
import { typedBigints } from './bigints.ts';
import { decodeArrayField } from './decode-array-field.ts';
import { decodeVectorField } from './decode-vector-field.ts';
import { decodeVectorLists } from './decode-vector-lists.ts';

type ScalarData = NonNullable<ScalarField['data']>;

/** What may hold the values of a type on the wire, the usual form first, and what they are then. String and Text are VarChar to us. */
const SCALARS: ReadonlyMap<WireType, Partial<Record<ScalarData['$case'], DataType>>> = new Map([
  [WireType.Bool, { boolData: DataType.Bool }],
  [WireType.Int8, { intData: DataType.Int8 }],
  [WireType.Int16, { intData: DataType.Int16 }],
  [WireType.Int32, { intData: DataType.Int32 }],
  [WireType.Int64, { longData: DataType.Int64 }],
  [WireType.Float, { floatData: DataType.Float }],
  [WireType.Double, { doubleData: DataType.Double }],
  [WireType.VarChar, { stringData: DataType.VarChar }],
  [WireType.String, { stringData: DataType.VarChar }],
  [WireType.Text, { stringData: DataType.VarChar }],
  [WireType.JSON, { jsonData: DataType.JSON }],
  [
    WireType.Timestamptz,
    { stringData: DataType.VarChar, timestamptzData: DataType.Timestamptz, longData: DataType.Timestamptz },
  ],
  [
    WireType.Geometry,
    { geometryWktData: DataType.VarChar, stringData: DataType.VarChar, geometryData: DataType.Geometry },
  ],
]);

/**
 * A column as a client sent it. Vectors and floats are views on the message, texts become UTF-8 again, numbers their typed array; nothing is checked against a schema.
 * A column with nulls may be compact or full length: that is left to who knows the number of rows.
 */
export function decodeFieldData(message: FieldData): InputColumn {
  const { fieldName: name, isDynamic, type, field, validData } = message;
  const valid = validData.length === 0 ? undefined : flags(validData);
  switch (field?.$case) {
    case 'vectors':
      if (field.value.data?.$case === 'vectorArray')
        return { name, isDynamic, ...decodeVectorLists(name, field.value.data.value), valid };
      return { name, isDynamic, column: decodeVectorField(name, type, field.value), valid };
    case 'scalars':
      if (type === WireType.Array) return { name, isDynamic, ...decodeArrays(name, field.value.data), valid };
      return { name, isDynamic, column: decodeScalars(name, type, field.value.data), valid };
    case 'structArrays':
      throw new BraidError('notSupported', `field ${name}: structs within structs are not supported by this server`);
    // Some clients leave out the array of a column that holds only nulls.
    case undefined:
      return { name, isDynamic, column: decodeScalars(name, type, undefined), valid };
  }
}

function decodeArrays(name: string, data: ScalarData | undefined) {
  if (data === undefined) return { column: emptyColumn(DataType.Array, 0, 0, 0, false) };
  if (data.$case === 'arrayData') return decodeArrayField(name, data.value);
  throw new BraidError('parameterInvalid', `field ${name} of type Array came as ${data.$case}`);
}

function decodeScalars(name: string, type: WireType, data: ScalarData | undefined): Column {
  const forms = SCALARS.get(type);
  if (!forms) {
    throw new BraidError('notSupported', `field ${name}: type ${dataTypeName(type)} is not supported by this server`);
  }
  if (!data) return emptyColumn(Object.values(forms)[0]!, 0, 0, 0, false);
  const dataType = forms[data.$case];
  if (dataType === undefined) {
    throw new BraidError('parameterInvalid', `field ${name} of type ${dataTypeName(type)} came as ${data.$case}`);
  }
  switch (data.$case) {
    case 'boolData':
      return fixedColumn(dataType, flags(data.value.data));
    case 'intData':
      return fixedColumn(dataType, new Int32Array(data.value.data));
    case 'longData':
    case 'timestamptzData':
      return fixedColumn(dataType, typedBigints(data.value.data));
    case 'floatData':
      return fixedColumn(dataType, floatsOf(data.value.data));
    case 'doubleData':
      return fixedColumn(dataType, doublesOf(data.value.data));
    case 'stringData':
    case 'geometryWktData':
      return textColumn(dataType, data.value.data);
    case 'jsonData':
    case 'geometryData':
      return bytesColumnFrom(dataType, data.value.data);
    default:
      throw new Error(`${data.$case} holds no type of ours`);
  }
}

function flags(values: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = values[i] ? 1 : 0;
  return bytes;
}
