import type { ConsistencyLevel } from '../../../core/catalog.ts';
import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { CollectionDraft } from '../../../core/schema/validate-collection-schema.ts';
import { validateCollectionSchema } from '../../../core/schema/validate-collection-schema.ts';
import {
  PROPERTIES,
  validateProperties,
  validateTimeToLive,
  withMeantProperties,
} from '../../../core/schema/validate-properties.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateCollectionInput {
  readonly schema: CollectionDraft;
  readonly consistencyLevel: ConsistencyLevel;
  /** 0: 1. */
  readonly shardsCount: number;
  /** Only with a partition key; 0: 16. */
  readonly partitionsCount: number;
  readonly properties: Properties;
}

/** Creating what exists with the same definition is success. */
export async function createCollection(
  cluster: Cluster,
  context: RequestContext,
  input: CreateCollectionInput,
): Promise<void> {
  const { database } = context;
  const properties = withMeantProperties(input.properties);
  validateProperties(properties);
  const parent = await cluster.catalog.read((catalog) => catalog.database(database));
  const timezone = properties[PROPERTIES.timezone] ?? parent.properties[PROPERTIES.timezone];
  const schema = validateCollectionSchema(input.schema, timezone);
  validateTimeToLive(properties, schema);
  const shardsCount = input.shardsCount === 0 ? 1 : input.shardsCount;
  if (shardsCount < 1 || shardsCount > LIMITS.shardsMax) {
    throw new BraidError(
      'parameterUnexpected',
      `maximum shards's number should be limited to ${LIMITS.shardsMax}, but got ${shardsCount}`,
    );
  }
  const hasPartitionKey = schema.fields.some((field) => field.isPartitionKey);
  await changeCatalog(cluster, context, {
    kind: 'createCollection',
    database,
    schema,
    consistencyLevel: input.consistencyLevel,
    shardsCount,
    partitionsCount: hasPartitionKey
      ? keyedPartitions(input.partitionsCount)
      : unkeyedPartitions(input.partitionsCount),
    // A collection keeps the zone that its database had when it was made, as in Milvus.
    properties: timezone === undefined ? properties : { ...properties, timezone },
  });
}

function keyedPartitions(count: number): number {
  if (count === 0) return LIMITS.partitionKeyPartitionsDefault;
  if (count < 1 || count > LIMITS.partitionsMax) {
    throw new BraidError(
      'parameterUnexpected',
      `partition number (${count}) exceeds max configuration (${LIMITS.partitionsMax})`,
    );
  }
  return count;
}

function unkeyedPartitions(count: number): number {
  if (count > 1)
    throw new BraidError(
      'parameterUnexpected',
      'num_partitions should only be specified with partition key field enabled',
    );
  return 1;
}
