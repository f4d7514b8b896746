import { BraidError } from '../../../../core/errors.ts';
import type { DefaultValue } from '../../../../core/schema/collection-schema.ts';
import type { DataType } from '../../../../core/schema/data-type.ts';
import type {
  CollectionDraft,
  FieldDraft,
  FunctionDraft,
  StructDraft,
} from '../../../../core/schema/validate-collection-schema.ts';
import { type FunctionSchema, FunctionType } from '../../../../proto/generated/milvus/function.ts';
import {
  CollectionSchema,
  FieldSchema,
  type StructArrayFieldSchema,
  type ValueField,
  DataType as WireType,
} from '../../../../proto/generated/milvus/schema.ts';
import { recordOf } from './key-values.ts';

/** Schemas travel as encoded messages inside requests. Nothing is checked here but that they are such messages. */

/** `collectionName` is the request's, which wins over the schema's own. */
export function decodeCollectionSchema(bytes: Uint8Array, collectionName: string): CollectionDraft {
  const schema = decodeMessage('collection', () => CollectionSchema.decode(bytes));
  if (schema.externalSource !== '') throw notSupported('collections over external files');
  if (schema.enableNamespace) throw notSupported('a namespace in the schema');
  return {
    name: collectionName === '' ? schema.name : collectionName,
    description: schema.description,
    enableDynamicField: schema.enableDynamicField,
    autoId: schema.autoID,
    fields: schema.fields.map(fieldDraft),
    functions: schema.functions.map(functionDraft),
    structs: schema.structArrayFields.map(structDraft),
  };
}

export function decodeFieldSchema(bytes: Uint8Array): FieldDraft {
  return fieldDraft(decodeMessage('field', () => FieldSchema.decode(bytes)));
}

export function fieldDraft(field: FieldSchema): FieldDraft {
  const defaultValue = field.defaultValue && decodeValue(field.defaultValue);
  return {
    name: field.name,
    description: field.description,
    dataType: coreType(field.dataType),
    ...(field.elementType !== WireType.None && { elementType: coreType(field.elementType) }),
    isPrimaryKey: field.isPrimaryKey,
    autoId: field.autoID,
    nullable: field.nullable,
    isPartitionKey: field.isPartitionKey,
    isClusteringKey: field.isClusteringKey,
    ...(defaultValue !== undefined && { defaultValue }),
    typeParams: recordOf(field.typeParams),
  };
}

export function functionDraft(definition: FunctionSchema): FunctionDraft {
  return {
    name: definition.name,
    description: definition.description,
    type: nameOf(FunctionType, definition.type),
    inputFieldNames: definition.inputFieldNames,
    outputFieldNames: definition.outputFieldNames,
    params: recordOf(definition.params),
  };
}

function nameOf(table: Readonly<Record<string, number>>, wanted: number): string {
  return Object.entries(table).find(([, value]) => value === wanted)?.[0] ?? String(wanted);
}

export function structDraft(struct: StructArrayFieldSchema): StructDraft {
  return {
    name: struct.name,
    description: struct.description,
    fields: struct.fields.map(fieldDraft),
    nullable: struct.nullable,
    typeParams: recordOf(struct.typeParams),
  };
}

/** Numbers that are no type of ours pass: the check of the schema names them. String and Text are VarChar to us. */
function coreType(type: WireType): DataType {
  return type === WireType.String || type === WireType.Text ? (WireType.VarChar as DataType) : (type as DataType);
}

function decodeValue({ data }: ValueField): DefaultValue | undefined {
  if (data?.$case === 'bytesData') return new TextDecoder().decode(data.value);
  return data?.value;
}

function decodeMessage<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new BraidError('parameterInvalid', `the schema of the ${what} cannot be decoded`, { cause });
  }
}

function notSupported(what: string): BraidError {
  return new BraidError('notSupported', `${what} is not supported by this server`);
}
