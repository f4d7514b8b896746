import type { BytesColumn } from '../../../../core/columns/column.ts';
import { bytesColumn, bytesColumnFrom } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { VectorArray, VectorField } from '../../../../proto/generated/milvus/field_data.ts';

type VectorData = NonNullable<VectorField['data']>;

const ELEMENT_TYPES: Partial<Record<VectorData['$case'], DataType>> = {
  floatVector: DataType.FloatVector,
  binaryVector: DataType.BinaryVector,
  float16Vector: DataType.Float16Vector,
  bfloat16Vector: DataType.BFloat16Vector,
  int8Vector: DataType.Int8Vector,
};

export interface VectorLists {
  readonly column: BytesColumn;
  /** Undefined when no list has a vector. */
  readonly elementType: DataType | undefined;
  /** As the client says; undefined when it does not. */
  readonly dimension: number | undefined;
}

/** Rows of vector lists, each as its bytes. All rows must be of one element type. */
export function decodeVectorLists(name: string, { data: rows, dim }: VectorArray): VectorLists {
  let elementType: DataType | undefined;
  const lists = rows.map(({ data }) => {
    if (data === undefined) return EMPTY;
    const found = ELEMENT_TYPES[data.$case];
    if (found === undefined || (elementType !== undefined && found !== elementType)) {
      throw new BraidError(
        'parameterInvalid',
        `field ${name} of type ArrayOfVector has vectors that came as ${data.$case}`,
      );
    }
    const bytes = data.$case === 'floatVector' ? data.value.data : (data.value as Uint8Array);
    if (bytes.length > 0) elementType = found;
    return bytes;
  });
  const { offsets, bytes } = bytesColumnFrom(DataType.ArrayOfVector, lists);
  const column = bytesColumn(DataType.ArrayOfVector, offsets, bytes);
  return { column, elementType, dimension: dim > 0n ? Number(dim) : undefined };
}

const EMPTY = new Uint8Array(0);
