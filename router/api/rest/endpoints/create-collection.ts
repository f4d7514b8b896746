import Type, { type Static } from 'typebox';
import { ConsistencyLevel } from '../../../../core/catalog.ts';
import { BraidError } from '../../../../core/errors.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { CollectionDraft } from '../../../../core/schema/validate-collection-schema.ts';
import { Name, OptionalFlag, OptionalName, Settings } from '../codec/bodies.ts';
import { createIndexes, IndexParams } from '../codec/index-params.ts';
import { collectionDraft, SchemaBody } from '../codec/schema-body.ts';
import { numberNamed, textsOf } from '../codec/settings.ts';
import { DONE, type Endpoint, endpoint } from '../endpoint.ts';

const CreateBody = Type.Object({
  collectionName: Name,
  description: OptionalName,
  // The quick way: a key and one vector.
  dimension: Type.Optional(Type.Integer()),
  metricType: OptionalName,
  idType: OptionalName,
  autoID: OptionalFlag,
  primaryFieldName: OptionalName,
  vectorFieldName: OptionalName,
  // The long way.
  schema: Type.Optional(SchemaBody),
  indexParams: Type.Optional(IndexParams),
  params: Type.Optional(Settings),
});

type CreateBody = Static<typeof CreateBody>;

const IdType = { Int64: DataType.Int64, VarChar: DataType.VarChar, Varchar: DataType.VarChar } as const;

/** A collection with indexes is loaded at once; without `schema` it always has one. */
export const createCollectionEndpoint: Endpoint = endpoint(
  'collections/create',
  CreateBody,
  async (body, { operations, context }) => {
    const { collectionName, schema, params = {} } = body;
    const draft = schema ? collectionDraft(collectionName, body.description ?? '', schema) : quickDraft(body);
    const indexes = schema ? (body.indexParams ?? []) : [quickIndex(body)];
    await operations.createCollection(context, {
      schema: draft,
      consistencyLevel: consistencyOf(params['consistencyLevel']),
      shardsCount: Number(params['shardsNum'] ?? 0),
      partitionsCount: Number(params['partitionsNum'] ?? 0),
      properties: propertiesOf(params),
    });
    await createIndexes(operations, context, collectionName, indexes);
    if (indexes.length > 0)
      await operations.load(context, { collection: collectionName, partitions: [], replicaCount: 0 });
    return DONE;
  },
);

function quickDraft(body: CreateBody): CollectionDraft {
  const { collectionName, dimension, params = {} } = body;
  if (dimension === undefined) {
    throw new BraidError('restParameterMissing', 'missing required parameters: dimension (or schema)');
  }
  const idType = numberNamed(IdType, 'idType', body.idType ?? 'Int64');
  const plain = { description: '', autoId: false, nullable: false, isPartitionKey: false, isClusteringKey: false };
  return {
    name: collectionName,
    description: body.description ?? '',
    enableDynamicField: String(params['enableDynamicField'] ?? true) === 'true',
    autoId: false,
    fields: [
      {
        ...plain,
        name: body.primaryFieldName ?? 'id',
        dataType: idType,
        isPrimaryKey: true,
        autoId: body.autoID ?? false,
        typeParams: idType === DataType.VarChar ? textsOf({ max_length: params['max_length'] ?? null }) : {},
      },
      {
        ...plain,
        name: body.vectorFieldName ?? 'vector',
        dataType: DataType.FloatVector,
        isPrimaryKey: false,
        typeParams: { dim: String(dimension) },
      },
    ],
    functions: [],
    structs: [],
  };
}

function quickIndex(body: CreateBody): Static<typeof IndexParams>[number] {
  const name = body.vectorFieldName ?? 'vector';
  return { fieldName: name, indexName: name, metricType: body.metricType || 'COSINE', indexType: 'AUTOINDEX' };
}

function consistencyOf(level: unknown): ConsistencyLevel {
  if (level === undefined || level === null) return ConsistencyLevel.Bounded;
  return numberNamed(ConsistencyLevel, 'consistencyLevel', String(level));
}

function propertiesOf(params: Readonly<Record<string, unknown>>): Record<string, string> {
  return textsOf({
    'collection.ttl.seconds': params['ttlSeconds'] ?? null,
    'partitionkey.isolation': params['partitionKeyIsolation'] ?? null,
    'mmap.enabled': params['mmap.enabled'] ?? params['mmapEnabled'] ?? null,
  });
}
