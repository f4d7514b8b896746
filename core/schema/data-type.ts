/** Data types with the numbers of the wire (schema.proto, DataType). */
export const DataType = {
  None: 0,
  Bool: 1,
  Int8: 2,
  Int16: 3,
  Int32: 4,
  Int64: 5,
  Float: 10,
  Double: 11,
  VarChar: 21,
  Array: 22,
  JSON: 23,
  Geometry: 24,
  Timestamptz: 26,
  BinaryVector: 100,
  FloatVector: 101,
  Float16Vector: 102,
  BFloat16Vector: 103,
  SparseFloatVector: 104,
  Int8Vector: 105,
  ArrayOfVector: 106,
  ArrayOfStruct: 200,
} as const;

export type DataType = (typeof DataType)[keyof typeof DataType];
export type DataTypeName = keyof typeof DataType;

const NAMES = new Map<number, DataTypeName>(
  Object.entries(DataType).map(([name, value]) => [value, name as DataTypeName]),
);

/** `VarChar` for 21; `unknown(99)` for a number that is no data type. */
export function dataTypeName(dataType: number): string {
  return NAMES.get(dataType) ?? `unknown(${dataType})`;
}

/** Dense vectors: every row has the same number of bytes. */
export function isDenseVector(dataType: DataType): boolean {
  return (
    dataType >= DataType.BinaryVector && dataType <= DataType.Int8Vector && dataType !== DataType.SparseFloatVector
  );
}

export function isVector(dataType: DataType): boolean {
  return dataType >= DataType.BinaryVector && dataType <= DataType.ArrayOfVector;
}

const GROUPABLE: ReadonlySet<DataType> = new Set([
  DataType.Bool,
  DataType.Int8,
  DataType.Int16,
  DataType.Int32,
  DataType.Int64,
  DataType.VarChar,
  DataType.Timestamptz,
]);

/** Types whose equal values make a group of hits: all scalars but floating-point numbers (Milvus). */
export function isGroupable(dataType: DataType): boolean {
  return GROUPABLE.has(dataType);
}

/** Values that are a run of bytes per row (offsets + bytes); core/columns/column.ts says what bytes. */
export function isVariableLength(dataType: DataType): boolean {
  return (
    dataType === DataType.VarChar ||
    dataType === DataType.JSON ||
    dataType === DataType.Array ||
    dataType === DataType.Geometry ||
    dataType === DataType.SparseFloatVector ||
    dataType === DataType.ArrayOfVector
  );
}

/** Bytes of one row of a dense vector. */
export function vectorRowBytes(dataType: DataType, dimension: number): number {
  switch (dataType) {
    case DataType.FloatVector:
      return dimension * 4;
    case DataType.Float16Vector:
    case DataType.BFloat16Vector:
      return dimension * 2;
    case DataType.Int8Vector:
      return dimension;
    case DataType.BinaryVector:
      return dimension / 8;
    default:
      throw new Error(`${dataTypeName(dataType)} is not a dense vector`);
  }
}
