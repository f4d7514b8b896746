import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { type FieldDraft, validateCollectionSchema } from '../../../core/schema/validate-collection-schema.ts';
import type { Row } from './fake-rows.ts';

export const ID = 100;
export const VECTOR = 101;
export const COLOR = 102;
export const META = 103;

export function draftField(name: string, dataType: DataType, change: Partial<FieldDraft> = {}): FieldDraft {
  return {
    name,
    description: '',
    dataType,
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    typeParams: {},
    ...change,
  };
}

/** id Int64 key, vector of 2 floats, color VarChar, and dynamic keys. */
export function testSchema(fields: readonly FieldDraft[] = testFields()): CollectionSchema {
  return validateCollectionSchema({
    name: 'things',
    description: '',
    enableDynamicField: true,
    autoId: false,
    fields,
    functions: [],
    structs: [],
  });
}

export function testFields(): FieldDraft[] {
  return [
    draftField('id', DataType.Int64, { isPrimaryKey: true }),
    draftField('vector', DataType.FloatVector, { typeParams: { dim: '2' } }),
    draftField('color', DataType.VarChar, { typeParams: { max_length: '20' } }),
  ];
}

/** A row of the test schema at (x, 0). */
export function testRow(
  key: number,
  x: number,
  timestamp: bigint,
  change: { readonly color?: string; readonly meta?: string; readonly partitionId?: number } = {},
): Row {
  const values = new Map<number, unknown>([
    [ID, BigInt(key)],
    [VECTOR, [x, 0]],
    [COLOR, change.color ?? 'red'],
    [META, change.meta ?? '{}'],
  ]);
  return { key: BigInt(key), timestamp, partitionId: change.partitionId ?? 10, values };
}
