import { stringifyExactly } from '../../core/rows/int64.ts';
import { vectorsToColumn } from '../../core/rows/vector-value.ts';
import { DataType } from '../../core/schema/data-type.ts';
import type { TableColumn } from './table.ts';

/** What the writer's schema is made of, as far as it is used here. */
export interface SchemaElement {
  readonly name: string;
  readonly type?: 'BOOLEAN' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY';
  readonly converted_type?: 'UTF8' | 'LIST' | 'INT_8' | 'INT_16' | 'UINT_8';
  readonly repetition_type?: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
  readonly num_children?: number;
}

type Leaf = Pick<SchemaElement, 'type' | 'converted_type'>;

const TEXT: Leaf = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
const BYTE: Leaf = { type: 'INT32', converted_type: 'UINT_8' };
/** JSON, sparse vectors, geometries and timestamps are texts. Half floats and bits are lists of their bytes, as Milvus wants them. */
const LEAVES: Readonly<Partial<Record<DataType, Leaf>>> = {
  [DataType.Bool]: { type: 'BOOLEAN' },
  [DataType.Int8]: { type: 'INT32', converted_type: 'INT_8' },
  [DataType.Int16]: { type: 'INT32', converted_type: 'INT_16' },
  [DataType.Int32]: { type: 'INT32' },
  [DataType.Int64]: { type: 'INT64' },
  [DataType.Float]: { type: 'FLOAT' },
  [DataType.Double]: { type: 'DOUBLE' },
  [DataType.FloatVector]: { type: 'FLOAT' },
  [DataType.Float16Vector]: BYTE,
  [DataType.BFloat16Vector]: BYTE,
  [DataType.BinaryVector]: BYTE,
  [DataType.Int8Vector]: { type: 'INT32', converted_type: 'INT_8' },
};
const HALVES: ReadonlySet<DataType> = new Set([DataType.Float16Vector, DataType.BFloat16Vector]);

export function textElement(name: string): SchemaElement {
  return { name, ...TEXT, repetition_type: 'OPTIONAL' };
}

/** A column with all that is below it, in the order of Parquet's schema. */
export function columnElements(column: TableColumn): SchemaElement[] {
  const { name, dataType, elementType = DataType.VarChar, fields } = column;
  if (dataType === DataType.ArrayOfStruct) {
    const inner = fields.map((field) => columnElements(elementOf(field)));
    const element: SchemaElement = { name: 'element', repetition_type: 'OPTIONAL', num_children: inner.length };
    return listOf(name, [element, ...inner.flat()]);
  }
  const isList = dataType === DataType.Array || (dataType in LEAVES && dataType >= DataType.BinaryVector);
  if (!isList) return [{ name, ...(LEAVES[dataType] ?? TEXT), repetition_type: 'OPTIONAL' }];
  const leaf = LEAVES[dataType === DataType.Array ? elementType : dataType] ?? TEXT;
  return listOf(name, [{ name: 'element', ...leaf, repetition_type: 'OPTIONAL' }]);
}

/** A value of the REST API as the writer takes it for such a column. */
export function parquetCell(column: TableColumn, value: unknown): unknown {
  const { dataType, elementType = DataType.VarChar, dimension, fields } = column;
  if (value === null || value === undefined) return undefined;
  if (dataType === DataType.ArrayOfStruct)
    return (value as Readonly<Record<string, unknown>>[]).map((element) =>
      Object.fromEntries(fields.map((field) => [field.name, parquetCell(elementOf(field), element[field.name])])),
    );
  if (dataType === DataType.Array)
    return (value as unknown[]).map((item) => parquetCell({ ...column, dataType: elementType }, item));
  if (HALVES.has(dataType)) {
    const field = { ...FIELD, name: column.name, dataType, dimension };
    return Array.from(vectorsToColumn(field, [value]).data);
  }
  if (dataType === DataType.Int64) return BigInt(value as number | bigint | string);
  if (dataType in LEAVES) return value;
  return typeof value === 'string' ? value : stringifyExactly(value);
}

/** What one element of an array of structs has under this name: of an Array its elements' type, of an ArrayOfVector a vector. There halves are numbers, as in JSON. */
function elementOf(field: TableColumn): TableColumn {
  const { elementType = DataType.VarChar } = field;
  const dataType = HALVES.has(elementType) ? DataType.FloatVector : elementType;
  return { ...field, dataType, elementType: undefined };
}

function listOf(name: string, below: readonly SchemaElement[]): SchemaElement[] {
  return [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...below,
  ];
}

/** The codec of vectors looks at name, type and dimension of a field only. */
const FIELD = {
  ...{ id: 0, description: '', isPrimaryKey: false, autoId: false, nullable: false, isPartitionKey: false },
  ...{ isClusteringKey: false, isDynamic: false, typeParams: {} },
};
