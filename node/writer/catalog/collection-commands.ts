import { isDeepStrictEqual } from 'node:util';
import type { CollectionRecord, DatabaseRecord, PartitionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { changeProperties } from '../../../core/schema/change-properties.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import { timeToLiveField } from '../../../core/schema/expiry.ts';
import { validateTimeToLive } from '../../../core/schema/validate-properties.ts';
import {
  type CommandContext,
  type CommandOutcome,
  isLoaded,
  MMAP_ENABLED,
  mmapOfLoaded,
  replaceCollection,
  unchanged,
} from './command-outcome.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

const MAX_COLLECTIONS = 'database.max.collections';

/** The name of the partition that every collection has; with a partition key there are `_default_0`, `_default_1`, ... */
export const DEFAULT_PARTITION = '_default';

export function createCollection(context: CommandContext, command: Command<'createCollection'>): CommandOutcome {
  const { catalog } = context;
  const database = catalog.database(command.database);
  const { name } = command.schema;
  if (catalog.findAlias(database.id, name)) {
    const message = `collection name [${name}] conflicts with an existing alias, please choose a unique name`;
    throw new BraidError('aliasNameConflict', message);
  }
  const existing = catalog.findCollection(database.id, name);
  if (existing) return createExisting(existing, command);
  refuseMoreCollections(context, database);
  refuseMoreCapacity(context, command.shardsCount * Math.max(1, command.partitionsCount));
  const createdTimestamp = context.nextTimestamp();
  const collection: CollectionRecord = {
    id: context.nextId(),
    databaseId: database.id,
    name,
    schema: command.schema,
    consistencyLevel: command.consistencyLevel,
    shardsCount: command.shardsCount,
    properties: command.properties,
    partitions: firstPartitions(context, command.partitionsCount, createdTimestamp),
    indexes: [],
    loadsNewPartitions: false,
    replicaCount: 1,
    createdTimestamp,
    updatedTimestamp: createdTimestamp,
  };
  return { changes: [{ kind: 'putCollection', collection }], result: { collectionId: collection.id } };
}

/** A database may allow fewer than all. */
function refuseMoreCollections({ catalog }: CommandContext, database: DatabaseRecord): void {
  if (catalog.collections.length >= LIMITS.collectionsMax) {
    const message = `exceeded the limit number of collections[limit=${LIMITS.collectionsMax}]`;
    throw new BraidError('collectionLimit', message);
  }
  const ownLimit = Number(database.properties[MAX_COLLECTIONS] ?? LIMITS.collectionsMax);
  if (!(ownLimit >= 0) || catalog.collectionsOf(database.id).length < ownLimit) return;
  throw new BraidError(
    'collectionLimit',
    `exceeded the limit number of collections[dbName=${database.name}][limit=${ownLimit}]`,
  );
}

/** Milvus counts shards x partitions of all collections together. */
export function refuseMoreCapacity({ catalog }: CommandContext, more: number): void {
  if (catalog.capacity + more <= LIMITS.generalCapacityMax) return;
  const message = `failed checking constraint: sum_collections(parition*shard) exceeding the max general capacity:${LIMITS.generalCapacityMax}`;
  throw new BraidError('capacityExceeded', message);
}

function createExisting(existing: CollectionRecord, command: Command<'createCollection'>): CommandOutcome {
  const isSame =
    isDeepStrictEqual(definitionOf(existing.schema), definitionOf(command.schema)) &&
    existing.consistencyLevel === command.consistencyLevel &&
    existing.shardsCount === command.shardsCount &&
    existing.partitions.length >= Math.max(1, command.partitionsCount);
  if (isSame) return unchanged({ collectionId: existing.id });
  const message = `create duplicate collection with different parameters, collection: ${existing.name}`;
  throw new BraidError('parameterUnexpected', message);
}

function definitionOf(schema: CollectionSchema): Omit<CollectionSchema, 'version'> {
  const { version, ...definition } = schema;
  return definition;
}

function firstPartitions(context: CommandContext, count: number, createdTimestamp: bigint): readonly PartitionRecord[] {
  const names =
    count > 1 ? Array.from({ length: count }, (_, index) => `${DEFAULT_PARTITION}_${index}`) : [DEFAULT_PARTITION];
  return names.map((name) => ({ id: context.nextId(), name, createdTimestamp, loaded: false }));
}

export function dropCollection(context: CommandContext, command: Command<'dropCollection'>): CommandOutcome {
  const { catalog } = context;
  const { database: databaseName, collection: name } = command;
  const database = catalog.findDatabase(databaseName);
  if (!database) return unchanged();
  if (catalog.findAlias(database.id, name)) {
    throw new BraidError('parameterUnexpected', `cannot drop the collection via alias = ${name}`);
  }
  const collection = catalog.findCollection(database.id, name);
  if (!collection) return unchanged();
  const aliases = catalog.aliasesOf(collection.id).map((alias) => alias.name);
  if (aliases.length > 0) {
    const message = `unable to drop the collection [${name}] because it has associated aliases [${aliases.join(' ')}], please remove all aliases before dropping the collection`;
    throw new BraidError('parameterUnexpected', message);
  }
  return {
    changes: [{ kind: 'dropCollection', collectionId: collection.id, atMs: context.nowMs() }],
    result: { collectionId: collection.id },
  };
}

export function renameCollection(context: CommandContext, command: Command<'renameCollection'>): CommandOutcome {
  const { catalog } = context;
  const oldDatabase = catalog.database(command.database);
  const newDatabase = catalog.database(command.newDatabase);
  const { collection: oldName, newName } = command;
  if (catalog.findAlias(oldDatabase.id, oldName)) {
    throw new BraidError('parameterUnexpected', `unsupported use an alias to rename collection, alias:${oldName}`);
  }
  const collection = catalog.collection(command.database, oldName);
  if (oldDatabase.id === newDatabase.id && oldName === newName) {
    throw new BraidError('parameterUnexpected', 'collection name or database name should be different');
  }
  if (catalog.findAlias(newDatabase.id, newName) || catalog.findCollection(newDatabase.id, newName)) {
    const message = `duplicated new collection name ${newDatabase.name}:${newName} with other collection name or alias`;
    throw new BraidError('parameterUnexpected', message);
  }
  if (oldDatabase.id !== newDatabase.id && catalog.aliasesOf(collection.id).length > 0) {
    const message = 'fail to rename db name, must drop all aliases of this collection before rename';
    throw new BraidError('parameterUnexpected', message);
  }
  const schema = { ...collection.schema, name: newName };
  return replaceCollection(context, { ...collection, databaseId: newDatabase.id, name: newName, schema });
}

export function alterCollection(context: CommandContext, command: Command<'alterCollection'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const properties = changeProperties(collection.properties, command.set, command.unset);
  validateTimeToLive(properties, collection.schema);
  const expiring = timeToLiveField({ properties, schema: collection.schema });
  if (expiring && collection.loadedFieldIds?.includes(expiring.id) === false) {
    const message = `ttl field ${expiring.name} is not among the fields that are loaded: release the collection first, or load all of them`;
    throw new BraidError('parameterInvalid', message);
  }
  const { description = collection.schema.description, consistencyLevel = collection.consistencyLevel } = command;
  const schema = { ...collection.schema, description };
  const altered = { ...collection, properties, schema, consistencyLevel };
  if (isDeepStrictEqual(altered, collection)) return unchanged({ collectionId: collection.id });
  const changesMmap = properties[MMAP_ENABLED] !== collection.properties[MMAP_ENABLED];
  if (changesMmap && isLoaded(collection)) throw mmapOfLoaded(collection);
  return replaceCollection(context, altered);
}
