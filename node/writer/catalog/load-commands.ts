import { isDeepStrictEqual } from 'node:util';
import type { CollectionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { vectorFields } from '../../../core/schema/collection-schema.ts';
import { type CommandContext, type CommandOutcome, isLoaded, replaceCollection, unchanged } from './command-outcome.ts';
import { requireGroup, withGroups } from './resource-group-commands.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

/** Loading is a flag: whoever serves reads acts on it. */
export function load(context: CommandContext, command: Command<'load'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const fieldIds = command.addsFields && isLoaded(collection) ? joined(collection, command.fieldIds) : command.fieldIds;
  refuseWithoutIndex(collection, fieldIds);
  if (isLoaded(collection) && !command.addsFields && fieldIds?.join() !== collection.loadedFieldIds?.join()) {
    const message = `can't change the load field list for loaded collection ${collection.name}`;
    throw new BraidError('parameterInvalid', message);
  }
  const named = namedPartitions(collection, command.partitions);
  const partitions = collection.partitions.map((partition) =>
    named.has(partition.name) && !partition.loaded ? { ...partition, loaded: true } : partition,
  );
  for (const group of new Set(command.replicaGroups)) requireGroup(context.catalog, group);
  const { loadedFieldIds: _, ...rest } = withGroups(collection, command.replicaGroups);
  const changed: CollectionRecord = {
    ...rest,
    ...(fieldIds && { loadedFieldIds: fieldIds }),
    partitions,
    loadsNewPartitions: collection.loadsNewPartitions || command.partitions.length === 0,
    replicaCount: Math.max(1, command.replicaCount),
  };
  const result = { collectionId: collection.id };
  return isDeepStrictEqual(changed, collection) ? unchanged(result) : replaceCollection(context, changed, result);
}

/** The fields that are loaded and these; undefined: all. */
function joined(
  { loadedFieldIds, schema }: CollectionRecord,
  more: readonly number[] | undefined,
): readonly number[] | undefined {
  if (!loadedFieldIds || !more) return undefined;
  const ids = schema.fields.map(({ id }) => id).filter((id) => loadedFieldIds.includes(id) || more.includes(id));
  return ids.length === schema.fields.length ? undefined : ids;
}

export function release(context: CommandContext, command: Command<'release'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  const named = namedPartitions(collection, command.partitions);
  const result = { collectionId: collection.id };
  const isAsAsked = !collection.partitions.some((partition) => partition.loaded && named.has(partition.name));
  if (isAsAsked && (command.partitions.length > 0 || !isLoaded(collection))) return unchanged(result);
  const partitions = collection.partitions.map((partition) =>
    named.has(partition.name) && partition.loaded ? { ...partition, loaded: false } : partition,
  );
  // The next load chooses anew.
  const isGone = !partitions.some((partition) => partition.loaded);
  const { loadedFieldIds, ...rest } = isGone ? withGroups(collection, undefined) : collection;
  const changed = {
    ...rest,
    ...(loadedFieldIds && !isGone && { loadedFieldIds }),
    partitions,
    loadsNewPartitions: false,
  };
  return replaceCollection(context, changed, result);
}

function refuseWithoutIndex(collection: CollectionRecord, fieldIds: readonly number[] | undefined): void {
  const indexed = new Set(collection.indexes.map((index) => index.fieldId));
  const missing = vectorFields(collection.schema).filter(
    (field) => (fieldIds?.includes(field.id) ?? true) && !indexed.has(field.id),
  );
  if (missing.length === 0) return;
  const names = missing.map((field) => field.name).join(' ');
  throw new BraidError(
    'indexNotFound',
    `there is no vector index on field: [${names}], please create index firstly: index not found[collection=${collection.name}]`,
  );
}

/** None named: all of them. */
function namedPartitions(collection: CollectionRecord, names: readonly string[]): ReadonlySet<string> {
  const known = new Set(collection.partitions.map((partition) => partition.name));
  for (const name of names) {
    if (!known.has(name)) throw new BraidError('partitionNotFound', `partition not found[partition=${name}]`);
  }
  return names.length === 0 ? known : new Set(names);
}
