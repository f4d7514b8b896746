import { ConsistencyLevel } from '../../../../core/catalog.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  type FunctionSchema,
  fieldById,
  type StructSchema,
  splitSubFieldName,
  structOfField,
} from '../../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName } from '../../../../core/schema/data-type.ts';
import { LoadState } from '../../../operations/loading/load-state.ts';
import { CollectionBody } from '../codec/bodies.ts';
import { answer, type Endpoint, endpoint } from '../endpoint.ts';
import { indexesOf } from './indexes.ts';

export const describeCollectionEndpoint: Endpoint = endpoint(
  'collections/describe',
  CollectionBody,
  async ({ collectionName }, { operations, context }) => {
    const description = await operations.describeCollection(context, { name: collectionName });
    const { collection, fields, functions, aliases, properties } = description;
    const { schema } = collection;
    const indexes = await indexesOf(operations, context, collectionName);
    const { state } = await operations.loadState(context, { collection: collectionName, partitions: [] });
    return answer({
      collectionName: collection.name,
      collectionID: collection.id,
      description: collection.schema.description,
      autoId: fields.some(({ autoId }) => autoId),
      enableDynamicField: collection.schema.enableDynamicField,
      shardsNum: collection.shardsCount,
      partitionsNum: collection.partitions.length,
      consistencyLevel: nameIn(ConsistencyLevel, collection.consistencyLevel),
      load: loadStateName(state),
      fields: fields.filter(({ id }) => !structOfField(schema, id)).map((field) => describeField(field)),
      structFields: schema.structs.map((struct) => describeStruct(struct, fields)),
      functions: functions.map((definition) => describeFunction(schema, definition)),
      aliases,
      indexes: indexes.map(({ index, fieldName, params }) => ({
        fieldName,
        indexName: index.name,
        metricType: params['metric_type'] ?? '',
      })),
      properties: pairsOf(properties),
    });
  },
);

function describeFunction(schema: CollectionSchema, definition: FunctionSchema) {
  const { id, name, description, type, inputFieldIds, outputFieldIds, params } = definition;
  const nameOf = (fieldId: number) => fieldById(schema, fieldId)!.name;
  return {
    id,
    name,
    description,
    type,
    inputFieldNames: inputFieldIds.map(nameOf),
    outputFieldNames: outputFieldIds.map(nameOf),
    params: pairsOf(params),
  };
}

/** `LoadStateLoaded`, as Milvus spells it. */
export function loadStateName(state: LoadState): string {
  return `LoadState${nameIn(LoadState, state)}`;
}

function describeStruct(struct: StructSchema, fields: readonly FieldSchema[]) {
  const subFields = fields.filter(({ id }) => struct.fieldIds.includes(id));
  return {
    id: struct.id,
    name: struct.name,
    description: struct.description,
    type: dataTypeName(DataType.ArrayOfStruct),
    params: pairsOf(struct.typeParams),
    fields: subFields.map((field) => describeField(field, splitSubFieldName(field.name)!.name)),
  };
}

function describeField(field: FieldSchema, name = field.name) {
  return {
    id: field.id,
    name,
    type: dataTypeName(field.dataType),
    ...(field.elementType !== undefined && { elementType: dataTypeName(field.elementType) }),
    primaryKey: field.isPrimaryKey,
    autoId: field.autoId,
    partitionKey: field.isPartitionKey,
    clusteringKey: field.isClusteringKey,
    nullable: field.nullable,
    ...(field.defaultValue !== undefined && { defaultValue: String(field.defaultValue) }),
    description: field.description,
    params: pairsOf(field.typeParams),
  };
}

function pairsOf(record: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

function nameIn(table: Readonly<Record<string, number>>, wanted: number): string {
  return Object.entries(table).find(([, value]) => value === wanted)?.[0] ?? '';
}
