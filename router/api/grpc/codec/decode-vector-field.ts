import type { BytesColumn, VectorColumn } from '../../../../core/columns/column.ts';
import { bytesColumnFrom } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { DataType, dataTypeName, isDenseVector, vectorRowBytes } from '../../../../core/schema/data-type.ts';
import type { VectorField } from '../../../../proto/generated/milvus/field_data.ts';
import { DataType as WireType } from '../../../../proto/generated/milvus/schema.ts';

type VectorData = NonNullable<VectorField['data']>;

const TYPE_OF_DATA: Partial<Record<VectorData['$case'], DataType>> = {
  floatVector: DataType.FloatVector,
  binaryVector: DataType.BinaryVector,
  float16Vector: DataType.Float16Vector,
  bfloat16Vector: DataType.BFloat16Vector,
  int8Vector: DataType.Int8Vector,
};

const EMPTY = new Uint8Array(0);

/** A column of vectors, dense or sparse. */
export function decodeVectorField(name: string, type: WireType, message: VectorField): VectorColumn | BytesColumn {
  return type === WireType.SparseFloatVector ? decodeSparse(name, message) : decodeDense(name, type, message);
}

/** Rows as they came: what they must be is checked with the other values. */
function decodeSparse(name: string, { data }: VectorField): BytesColumn {
  if (data !== undefined && data.$case !== 'sparseFloatVector') {
    throw new BraidError('parameterInvalid', `field ${name} of type SparseFloatVector came as ${data.$case}`);
  }
  return bytesColumnFrom(DataType.SparseFloatVector, data?.value.contents ?? []);
}

/** A column of dense vectors, as a view on the message. The dimension is the one the client says; whether it is the field's is for others to find out. */
function decodeDense(name: string, type: WireType, message: VectorField): VectorColumn {
  const dataType = type as DataType;
  const { data } = message;
  const typeOfData = data === undefined ? dataType : TYPE_OF_DATA[data.$case];
  if (typeOfData === undefined || !isDenseVector(dataType)) {
    throw new BraidError('notSupported', `field ${name}: vectors of type ${dataTypeName(type)} are not supported`);
  }
  if (typeOfData !== dataType) {
    throw new BraidError('parameterInvalid', `field ${name} of type ${dataTypeName(type)} came as ${data!.$case}`);
  }
  const bytes =
    data === undefined ? EMPTY : data.$case === 'floatVector' ? data.value.data : (data.value as Uint8Array);
  const dimension = checkedDimension(name, dataType, message.dim, bytes.length === 0);
  const rowBytes = vectorRowBytes(dataType, dimension);
  if (bytes.length % rowBytes !== 0) {
    throw new BraidError(
      'parameterInvalid',
      `field ${name}: ${bytes.length} bytes of vectors are not a whole number of rows of dim ${dimension} (${rowBytes} bytes each)`,
    );
  }
  const rowCount = bytes.length / rowBytes;
  return { kind: 'vector', dataType, rowCount, dimension, rowBytes, data: bytes, valid: undefined };
}

/** A column without a single vector need not name its dimension. */
function checkedDimension(name: string, dataType: DataType, given: bigint, isEmpty: boolean): number {
  const isBinary = dataType === DataType.BinaryVector;
  if (given === 0n && isEmpty) return isBinary ? LIMITS.binaryDimensionMin : LIMITS.dimensionMin;
  const most = isBinary ? LIMITS.binaryDimensionMax : LIMITS.dimensionMax;
  if (given < 1n || given > BigInt(most) || (isBinary && given % 8n !== 0n)) {
    const rule = isBinary ? `a multiple of 8 up to ${most}` : `1 to ${most}`;
    throw new BraidError('parameterInvalid', `field ${name}: invalid dimension ${given}, should be ${rule}`);
  }
  return Number(given);
}
