import {
  type CollectionSchema,
  type DefaultValue,
  type FieldSchema,
  type FunctionSchema,
  fieldById,
  functionOfOutput,
  type StructSchema,
  splitSubFieldName,
  structOfField,
} from '../../../../core/schema/collection-schema.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import { physicalMs } from '../../../../core/timestamps.ts';
import { DescribeCollectionResponse } from '../../../../proto/generated/milvus/collection.ts';
import { FunctionSchema as FunctionMessage, FunctionType } from '../../../../proto/generated/milvus/function.ts';
import {
  FieldSchema as FieldMessage,
  type StructArrayFieldSchema,
  type ValueField,
} from '../../../../proto/generated/milvus/schema.ts';
import { channelNames } from '../../../operations/channel-names.ts';
import type { DescribeCollectionOutput } from '../../../operations/collections/describe-collection.ts';
import { pairsOf } from './key-values.ts';
import { SUCCESS } from './status.ts';

/** A description of a collection. Channels do not exist here; the names that clients see are made of the id. */
export function encodeDescription(output: DescribeCollectionOutput): DescribeCollectionResponse {
  const { collection, databaseName, databaseId, aliases, properties } = output;
  const { schema, createdTimestamp, updatedTimestamp, shardsCount } = collection;
  const channels = channelNames(collection);
  return DescribeCollectionResponse.create({
    status: SUCCESS,
    schema: {
      name: schema.name,
      description: schema.description,
      fields: output.fields
        .filter(({ id }) => !structOfField(schema, id))
        .map((field) => encodeField(schema, field, field.name)),
      structArrayFields: schema.structs.map((struct) => encodeStruct(schema, struct)),
      functions: output.functions.map((definition) => encodeFunction(schema, definition)),
      enableDynamicField: schema.enableDynamicField,
      properties: pairsOf(properties),
      dbName: databaseName,
      version: schema.version,
    },
    collectionID: BigInt(collection.id),
    virtualChannelNames: channels,
    physicalChannelNames: channels,
    createdTimestamp,
    createdUtcTimestamp: BigInt(physicalMs(createdTimestamp)),
    shardsNum: shardsCount,
    aliases: [...aliases],
    consistencyLevel: collection.consistencyLevel,
    collectionName: collection.name,
    properties: pairsOf(properties),
    dbName: databaseName,
    numPartitions: BigInt(collection.partitions.length),
    dbId: BigInt(databaseId),
    updateTimestamp: updatedTimestamp,
    updateTimestampStr: String(updatedTimestamp),
  });
}

/** Sub-fields go by plain names here. */
function encodeStruct(schema: CollectionSchema, struct: StructSchema): StructArrayFieldSchema {
  const fields = struct.fieldIds.map((id) => fieldById(schema, id)!);
  return {
    fieldID: BigInt(struct.id),
    name: struct.name,
    description: struct.description,
    fields: fields.map((field) => encodeField(schema, field, splitSubFieldName(field.name)!.name)),
    typeParams: pairsOf(struct.typeParams),
    nullable: struct.nullable ?? false,
  };
}

function encodeFunction(schema: CollectionSchema, definition: FunctionSchema): FunctionMessage {
  const { id, name, description, type, inputFieldIds, outputFieldIds, params } = definition;
  return FunctionMessage.create({
    id: BigInt(id),
    name,
    description,
    type: FunctionType[type],
    inputFieldNames: inputFieldIds.map((fieldId) => fieldById(schema, fieldId)!.name),
    inputFieldIds: inputFieldIds.map(BigInt),
    outputFieldNames: outputFieldIds.map((fieldId) => fieldById(schema, fieldId)!.name),
    outputFieldIds: outputFieldIds.map(BigInt),
    params: pairsOf(params),
  });
}

function encodeField(schema: CollectionSchema, field: FieldSchema, name: string): FieldMessage {
  return FieldMessage.create({
    fieldID: BigInt(field.id),
    name,
    isPrimaryKey: field.isPrimaryKey,
    description: field.description,
    dataType: field.dataType,
    typeParams: pairsOf(field.typeParams),
    autoID: field.autoId,
    elementType: field.elementType ?? DataType.None,
    ...(field.defaultValue !== undefined && { defaultValue: { data: encodeValue(field, field.defaultValue) } }),
    isDynamic: field.isDynamic,
    isFunctionOutput: functionOfOutput(schema, field.id) !== undefined,
    isPartitionKey: field.isPartitionKey,
    isClusteringKey: field.isClusteringKey,
    nullable: field.nullable,
  });
}

function encodeValue(field: FieldSchema, value: DefaultValue): ValueField['data'] {
  switch (field.dataType) {
    case DataType.Bool:
      return { $case: 'boolData', value: Boolean(value) };
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
      return { $case: 'intData', value: Number(value) };
    case DataType.Int64:
      return { $case: 'longData', value: BigInt(value) };
    case DataType.Float:
      return { $case: 'floatData', value: Number(value) };
    case DataType.Double:
      return { $case: 'doubleData', value: Number(value) };
    default:
      return { $case: 'stringData', value: String(value) };
  }
}
