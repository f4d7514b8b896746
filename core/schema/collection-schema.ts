import { type DataType, isVector } from './data-type.ts';

/** A default value as the wire carries it; the type follows the field's. JSON defaults are UTF-8 text. */
export type DefaultValue = boolean | number | bigint | string;

export interface FieldSchema {
  /** 100 and up, in order of creation; never reused. `DYNAMIC_FIELD` of a collection has one too. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly dataType: DataType;
  /** Of the elements of an Array or ArrayOfVector field. */
  readonly elementType?: DataType;
  readonly isPrimaryKey: boolean;
  readonly autoId: boolean;
  readonly nullable: boolean;
  readonly isPartitionKey: boolean;
  readonly isClusteringKey: boolean;
  /** True for the hidden JSON field `$meta` that holds the keys which are no fields. */
  readonly isDynamic: boolean;
  readonly defaultValue?: DefaultValue;
  /** Dense vectors, and the elements of ArrayOfVector. */
  readonly dimension?: number;
  /** VarChar, and the elements of an Array of VarChar: bytes of UTF-8. */
  readonly maxLength?: number;
  /** Array and ArrayOfVector: elements of one row. */
  readonly maxCapacity?: number;
  /** As the client sent them, returned verbatim by describe. */
  readonly typeParams: Readonly<Record<string, string>>;
}

export interface CollectionSchema {
  readonly name: string;
  readonly description: string;
  readonly enableDynamicField: boolean;
  /**
   * In order of creation; the dynamic field, if any, is last and is not shown to clients as a field. The sub-fields of structs are among them, named
   * `struct[sub]`, of type Array or ArrayOfVector: rows, segments and filters know nothing of structs.
   */
  readonly fields: readonly FieldSchema[];
  readonly structs: readonly StructSchema[];
  readonly functions: readonly FunctionSchema[];
  /** The largest id that a field or struct which is there no more ever had; ids are never given twice. */
  readonly droppedFieldIdMax?: number;
  /** Grows with every change of the fields; caches of parsed filters are keyed by it. */
  readonly version: number;
}

/** An array of structs: a group of sub-fields whose rows have the same number of elements. */
export interface StructSchema {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Elements of one row. */
  readonly maxCapacity: number;
  /** Ids of its sub-fields, in order of creation. */
  readonly fieldIds: readonly number[];
  /** A row may have no value, which is not the same as no elements; the sub-fields are nullable then, too. */
  readonly nullable?: boolean;
  readonly typeParams: Readonly<Record<string, string>>;
}

/** What the server computes of every row: the output fields are never sent by clients. */
export interface FunctionSchema {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** BM25: a sparse vector of the terms of a text and how often each occurs. */
  readonly type: 'BM25';
  readonly inputFieldIds: readonly number[];
  readonly outputFieldIds: readonly number[];
  readonly params: Readonly<Record<string, string>>;
  /** The version of the schema that first has it, if it was added later: segments with rows of older versions lack its output, and compute it when it is read. */
  readonly sinceVersion?: number;
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

/** For the next field or struct to be added. */
export function nextFieldId({ fields, structs, droppedFieldIdMax = 0 }: CollectionSchema): number {
  return Math.max(droppedFieldIdMax, ...[...fields, ...structs].map(({ id }) => id)) + 1;
}

export function dynamicField(schema: CollectionSchema): FieldSchema | undefined {
  return schema.fields.find((field) => field.isDynamic);
}

export function vectorFields(schema: CollectionSchema): readonly FieldSchema[] {
  return schema.fields.filter((field) => isVector(field.dataType) && !isHidden(field));
}

/** Fields and functions with such names are Braid's own: no client sees or names them. */
const HIDDEN_PREFIX = '$';

/** True for the dynamic field and for the terms of texts. */
export function isHidden({ name }: { readonly name: string }): boolean {
  return name.startsWith(HIDDEN_PREFIX);
}

/**
 * Name of the hidden field, and of the hidden function that computes it, with the terms of a text field's rows for `text_match`: a sparse vector as BM25 makes it. Where BM25 is asked
 * for the same text, its output serves and there is no hidden one.
 */
export function termsName(textFieldName: string): string {
  return `${HIDDEN_PREFIX}terms(${textFieldName})`;
}

/** The field that holds the terms of a text field's rows, if there is one. */
export function termsField(schema: CollectionSchema, textFieldId: number): FieldSchema | undefined {
  const definition = schema.functions.find(({ inputFieldIds }) => inputFieldIds[0] === textFieldId);
  return definition && fieldById(schema, definition.outputFieldIds[0]!);
}

/** The function that computes a field, if one does. */
export function functionOfOutput(schema: CollectionSchema, fieldId: number): FunctionSchema | undefined {
  return schema.functions.find((definition) => definition.outputFieldIds.includes(fieldId));
}

/** The struct that a sub-field belongs to, if any. */
export function structOfField(schema: CollectionSchema, fieldId: number): StructSchema | undefined {
  return schema.structs.find((struct) => struct.fieldIds.includes(fieldId));
}

/** Name of a sub-field among the fields of the schema: `items[embedding]`. */
export function subFieldName(structName: string, name: string): string {
  return `${structName}[${name}]`;
}

/** `items` and `embedding` of `items[embedding]`; undefined for a name that is no sub-field's. */
export function splitSubFieldName(name: string): { readonly structName: string; readonly name: string } | undefined {
  const match = /^(\w+)\[(\w+)\]$/.exec(name);
  return match ? { structName: match[1]!, name: match[2]! } : undefined;
}
