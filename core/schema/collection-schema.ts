import { type DataType, isVector } from './data-type.ts';

/** A default value as the wire carries it; the type follows the field's. JSON defaults are UTF-8 text. */
export type DefaultValue = boolean | number | bigint | string;

export interface FieldSchema {
  /** 100 and up, in order of creation; never reused. `DYNAMIC_FIELD` of a collection has one too. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly dataType: DataType;
  /** Element type of an Array field. */
  readonly elementType?: DataType;
  readonly isPrimaryKey: boolean;
  readonly autoId: boolean;
  readonly nullable: boolean;
  readonly isPartitionKey: boolean;
  readonly isClusteringKey: boolean;
  /** True for the hidden JSON field `$meta` that holds the keys which are no fields. */
  readonly isDynamic: boolean;
  readonly defaultValue?: DefaultValue;
  /** Dense vectors only. */
  readonly dimension?: number;
  /** VarChar only: bytes of UTF-8. */
  readonly maxLength?: number;
  /** Array only. */
  readonly maxCapacity?: number;
  /** As the client sent them, returned verbatim by describe. */
  readonly typeParams: Readonly<Record<string, string>>;
}

export interface CollectionSchema {
  readonly name: string;
  readonly description: string;
  readonly enableDynamicField: boolean;
  /** In order of creation; the dynamic field, if any, is last and is not shown to clients as a field. */
  readonly fields: readonly FieldSchema[];
  /** Grows with every change of the fields; caches of parsed filters are keyed by it. */
  readonly version: number;
}

export const DYNAMIC_FIELD_NAME = '$meta';
export const FIRST_FIELD_ID = 100;

export function primaryField(schema: CollectionSchema): FieldSchema {
  const field = schema.fields.find((candidate) => candidate.isPrimaryKey);
  if (!field) throw new Error(`schema of ${schema.name} has no primary key: it was not validated`);
  return field;
}

export function fieldByName(schema: CollectionSchema, name: string): FieldSchema | undefined {
  return schema.fields.find((field) => field.name === name);
}

export function fieldById(schema: CollectionSchema, id: number): FieldSchema | undefined {
  return schema.fields.find((field) => field.id === id);
}

export function dynamicField(schema: CollectionSchema): FieldSchema | undefined {
  return schema.fields.find((field) => field.isDynamic);
}

export function vectorFields(schema: CollectionSchema): readonly FieldSchema[] {
  return schema.fields.filter((field) => isVector(field.dataType));
}
