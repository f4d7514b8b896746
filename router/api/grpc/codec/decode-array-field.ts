import { encodeArray } from '../../../../core/columns/array-values.ts';
import type { BytesColumn } from '../../../../core/columns/column.ts';
import { bytesColumn, bytesColumnFrom } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { ArrayArray, ScalarField } from '../../../../proto/generated/milvus/field_data.ts';
import { bytesOf } from '../../../../proto/milvus/float-lens.ts';
import { typedBigints } from './bigints.ts';

type ScalarData = NonNullable<ScalarField['data']>;

/** What the elements come as, and so what they are until the field says more: whole numbers up to 32 bits come as Int32. */
const ELEMENT_TYPES: Partial<Record<ScalarData['$case'], DataType>> = {
  boolData: DataType.Bool,
  intData: DataType.Int32,
  longData: DataType.Int64,
  floatData: DataType.Float,
  doubleData: DataType.Double,
  stringData: DataType.VarChar,
};

export interface ArrayRows {
  readonly column: BytesColumn;
  /** Undefined when no row has an element. */
  readonly elementType: DataType | undefined;
}

/** Rows of arrays as bytes (core/columns/array-values.ts). All rows must be of one element type; rows without elements need not say theirs. */
export function decodeArrayField(name: string, { data: rows }: ArrayArray): ArrayRows {
  let elementType: DataType | undefined;
  const parts = rows.map(({ data }) => {
    if (data === undefined || isEmpty(data)) return EMPTY;
    const found = ELEMENT_TYPES[data.$case];
    if (found === undefined) {
      throw new BraidError('parameterInvalid', `field ${name} of type Array has elements that came as ${data.$case}`);
    }
    if (elementType !== undefined && found !== elementType) {
      throw new BraidError('parameterInvalid', `field ${name} of type Array has elements of more than one type`);
    }
    elementType = found;
    return rowBytes(data);
  });
  return { column: joined(parts), elementType };
}

const EMPTY = new Uint8Array(0);

function isEmpty(data: ScalarData): boolean {
  return data.value.data.length === 0;
}

function rowBytes(data: ScalarData): Uint8Array {
  switch (data.$case) {
    case 'boolData':
      return Uint8Array.from(data.value.data, Number);
    case 'intData':
      return bytesOf(new Int32Array(data.value.data));
    case 'longData':
      return bytesOf(typedBigints(data.value.data));
    case 'floatData':
    case 'doubleData':
      return data.value.data;
    case 'stringData':
      return encodeArray(DataType.VarChar, data.value.data);
    default:
      return EMPTY;
  }
}

function joined(parts: readonly Uint8Array[]): BytesColumn {
  const { offsets, bytes } = bytesColumnFrom(DataType.Array, parts);
  return bytesColumn(DataType.Array, offsets, bytes);
}
