import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { type FieldSchema, isHidden, primaryField, vectorFields } from '../../../core/schema/collection-schema.ts';
import { isVector } from '../../../core/schema/data-type.ts';
import { timeToLiveField } from '../../../core/schema/expiry.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import { refuseTooFewReaders } from '../groups/refuse-too-few-readers.ts';
import type { RequestContext } from '../request-context.ts';
import { replicasOf } from './replicas-of.ts';

export interface LoadInput {
  readonly collection: string;
  /** Empty: the whole collection, partitions created later included. */
  readonly partitions: readonly string[];
  /** 0: not said. */
  readonly replicaCount: number;
  /** One for all replicas, or one for each; undefined or empty: not said. */
  readonly resourceGroups?: readonly string[];
  /** Names of the fields that reads will use; undefined or empty: all. */
  readonly fields?: readonly string[];
  readonly skipDynamicField?: boolean;
  /** The collection must be loaded: what has come since, imports for instance, is waited for by the progress. Fields that are named are loaded besides those that are. */
  readonly refresh?: boolean;
}

/**
 * Returns at once; `loadingProgress` tells how far it is. Loading what is loaded is success, and moves its replicas if others are asked for: they are served from where they were
 * until they are loaded.
 */
export async function load(cluster: Cluster, context: RequestContext, input: LoadInput): Promise<void> {
  const { database } = context;
  const { collection, replicaGroups, fieldIds } = await cluster.catalog.read((catalog) => {
    const found = catalog.collection(database, input.collection);
    catalog.partitions(found, input.partitions);
    if (input.refresh && !isLoaded(found)) {
      throw new BraidError('collectionNotLoaded', `collection not loaded[collection=${found.name}]`);
    }
    const chosen = input.refresh ? moreFields(found, input) : chosenFields(found, input);
    if (isLoaded(found) && !input.refresh && !isSameChoice(chosen, found.loadedFieldIds)) {
      throw new BraidError('parameterInvalid', `can't change the load field list for loaded collection ${found.name}`);
    }
    refuseWithoutIndex(found, chosen);
    const { properties } = catalog.databaseById(found.databaseId);
    return { collection: found, replicaGroups: replicasOf(found, properties, input), fieldIds: chosen };
  });
  await refuseTooFewReaders(cluster, context, replicaGroups);
  await changeCatalog(cluster, context, {
    kind: 'load',
    database,
    collection: collection.name,
    partitions: input.partitions,
    replicaCount: replicaGroups.length,
    replicaGroups,
    ...(fieldIds && { fieldIds }),
    ...(input.refresh && { addsFields: true }),
  });
}

/** What a refresh leaves loaded: the fields that are, and those that it names. */
function moreFields(collection: CollectionRecord, input: LoadInput): readonly number[] | undefined {
  const { loadedFieldIds, schema } = collection;
  if (!loadedFieldIds || (input.fields ?? []).length === 0) return loadedFieldIds;
  const named = namedFields(collection, input).map(({ id }) => id);
  const all = schema.fields.map(({ id }) => id).filter((id) => loadedFieldIds.includes(id) || named.includes(id));
  return all.length === schema.fields.length ? undefined : all;
}

/**
 * Ids of the fields to load, ascending; undefined: all. Sub-fields come with their struct. The primary key, the partition key and a vector field must be among
 * them (Milvus: internal/proxy/util.go, GetLoadFieldIDs).
 */
function chosenFields(collection: CollectionRecord, input: LoadInput): readonly number[] | undefined {
  const { schema } = collection;
  const { fields: names = [], skipDynamicField = false } = input;
  if (names.length === 0 && !skipDynamicField) return undefined;
  const chosen = namedFields(collection, input);
  const shown = `load field list [${names.join(' ')}] does not contain`;
  const lacks = (field: FieldSchema | undefined): field is FieldSchema =>
    field !== undefined && !chosen.includes(field);
  const primary = primaryField(schema);
  if (lacks(primary)) throw new BraidError('parameterInvalid', `${shown} primary key field ${primary.name}`);
  const partitionKey = schema.fields.find((field) => field.isPartitionKey);
  if (lacks(partitionKey)) {
    throw new BraidError('parameterInvalid', `${shown} partition key field ${partitionKey.name}`);
  }
  const expiring = timeToLiveField(collection);
  if (lacks(expiring)) throw new BraidError('parameterInvalid', `${shown} ttl field ${expiring.name}`);
  if (!chosen.some((field) => isVector(field.dataType))) {
    throw new BraidError('parameterInvalid', `${shown} vector field`);
  }
  return chosen.length === schema.fields.length ? undefined : chosen.map((field) => field.id);
}

/** The fields of these names (none: all), with what belongs to them: sub-fields, the dynamic field unless it is skipped, terms that `text_match` reads. */
function namedFields(
  { name: collectionName, schema }: CollectionRecord,
  { fields: names = [], skipDynamicField = false }: LoadInput,
): readonly FieldSchema[] {
  const structs = new Map(schema.structs.map((struct) => [struct.name, struct.fieldIds]));
  const ids = new Set<number>();
  for (const name of names) {
    const found = structs.get(name) ?? schema.fields.filter((field) => field.name === name).map(({ id }) => id);
    if (found.length === 0) {
      throw new BraidError('parameterInvalid', `field ${name} not exist in collection ${collectionName}`);
    }
    for (const id of found) ids.add(id);
  }
  const termsOf = schema.functions.filter(({ inputFieldIds }) => inputFieldIds.some((id) => ids.has(id)));
  const termIds = new Set(termsOf.flatMap(({ outputFieldIds }) => outputFieldIds));
  return schema.fields.filter((field) => {
    if (field.isDynamic) return !skipDynamicField;
    return names.length === 0 || ids.has(field.id) || (isHidden(field) && termIds.has(field.id));
  });
}

function isSameChoice(one: readonly number[] | undefined, other: readonly number[] | undefined): boolean {
  return one?.join() === other?.join();
}

function isLoaded(collection: CollectionRecord): boolean {
  return collection.partitions.some((partition) => partition.loaded);
}

function refuseWithoutIndex(collection: CollectionRecord, fieldIds: readonly number[] | undefined): void {
  const missing = vectorFields(collection.schema).filter(
    (field) =>
      (fieldIds?.includes(field.id) ?? true) && !collection.indexes.some((index) => index.fieldId === field.id),
  );
  if (missing.length === 0) return;
  const names = missing.map((field) => field.name).join(' ');
  const message = `there is no vector index on field: [${names}], please create index firstly: index not found[collection=${collection.name}]`;
  throw new BraidError('indexNotFound', message);
}
