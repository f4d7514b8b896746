import Type, { type Static } from 'typebox';
import type { DefaultValue } from '../../../../core/schema/collection-schema.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type {
  CollectionDraft,
  FieldDraft,
  FunctionDraft,
  StructDraft,
} from '../../../../core/schema/validate-collection-schema.ts';
import { Name, OptionalFlag, OptionalName, Settings } from './bodies.ts';
import { numberNamed, textOf, textsOf } from './settings.ts';

export const FieldBody = Type.Object({
  fieldName: Name,
  dataType: Name,
  elementDataType: OptionalName,
  description: OptionalName,
  isPrimary: OptionalFlag,
  autoID: OptionalFlag,
  isPartitionKey: OptionalFlag,
  isClusteringKey: OptionalFlag,
  nullable: OptionalFlag,
  defaultValue: Type.Optional(Type.Unknown()),
  elementTypeParams: Type.Optional(Settings),
});

export const FunctionBody = Type.Object({
  name: Name,
  description: OptionalName,
  type: Name,
  inputFieldNames: Type.Optional(Type.Array(Name)),
  outputFieldNames: Type.Optional(Type.Array(Name)),
  params: Type.Optional(Settings),
});

export const StructBody = Type.Object({
  fieldName: Name,
  description: OptionalName,
  nullable: OptionalFlag,
  fields: Type.Array(FieldBody),
  elementTypeParams: Type.Optional(Settings),
});

/** Both spellings of two of the keys are in use. */
export const SchemaBody = Type.Object({
  autoId: OptionalFlag,
  autoID: OptionalFlag,
  description: OptionalName,
  enableDynamicField: OptionalFlag,
  enabledDynamicField: OptionalFlag,
  fields: Type.Array(FieldBody),
  functions: Type.Optional(Type.Array(FunctionBody)),
  structFields: Type.Optional(Type.Array(StructBody)),
});

export function collectionDraft(name: string, description: string, body: Static<typeof SchemaBody>): CollectionDraft {
  return {
    name,
    description: body.description ?? description,
    enableDynamicField: body.enableDynamicField ?? body.enabledDynamicField ?? false,
    autoId: body.autoID ?? body.autoId ?? false,
    fields: body.fields.map(fieldDraft),
    functions: (body.functions ?? []).map(functionDraft),
    structs: (body.structFields ?? []).map(structDraft),
  };
}

export function functionDraft(body: Static<typeof FunctionBody>): FunctionDraft {
  return {
    name: body.name,
    description: body.description ?? '',
    type: body.type,
    inputFieldNames: body.inputFieldNames ?? [],
    outputFieldNames: body.outputFieldNames ?? [],
    params: textsOf(body.params),
  };
}

export function structDraft(body: Static<typeof StructBody>): StructDraft {
  return {
    name: body.fieldName,
    description: body.description ?? '',
    fields: body.fields.map(fieldDraft),
    nullable: body.nullable ?? false,
    typeParams: textsOf(body.elementTypeParams),
  };
}

export function fieldDraft(body: Static<typeof FieldBody>): FieldDraft {
  const dataType = numberNamed(DataType, 'dataType', body.dataType);
  return {
    name: body.fieldName,
    description: body.description ?? '',
    dataType,
    ...(body.elementDataType && {
      elementType: numberNamed(DataType, 'elementDataType', body.elementDataType),
    }),
    isPrimaryKey: body.isPrimary ?? false,
    autoId: body.autoID ?? false,
    nullable: body.nullable ?? false,
    isPartitionKey: body.isPartitionKey ?? false,
    isClusteringKey: body.isClusteringKey ?? false,
    ...(body.defaultValue !== undefined &&
      body.defaultValue !== null && { defaultValue: defaultValue(dataType, body.defaultValue) }),
    typeParams: textsOf(body.elementTypeParams),
  };
}

/** As its field's type has it where JSON's types allow; what does not fit goes on as it is, for the check of the schema to refuse. */
function defaultValue(dataType: DataType, value: unknown): DefaultValue {
  if (typeof value === 'object') return textOf(value);
  if (dataType === DataType.Int64 && /^-?\d+$/.test(String(value))) return BigInt(value as string | number | bigint);
  return value as DefaultValue;
}
