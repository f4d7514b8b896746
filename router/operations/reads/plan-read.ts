import type { CollectionRecord, PartitionRecord } from '../../../core/catalog.ts';
import { BraidError, type ErrorName } from '../../../core/errors.ts';
import type { CatalogSnapshot } from '../../cluster/catalog-snapshot.ts';

/** Where a read looks. */
export interface ReadTarget {
  readonly collection: CollectionRecord;
  /** Undefined: all loaded partitions, and that is all the collection has. Else the ids, ascending. */
  readonly partitionIds: readonly number[] | undefined;
}

/**
 * Resolves names and checks that what is asked for is loaded. With a partition key, naming partitions is refused with `partitionKeyError`: Milvus' legacy code differs between
 * query and search.
 */
export function planRead(
  catalog: CatalogSnapshot,
  database: string,
  name: string,
  partitions: readonly string[],
  partitionKeyError: ErrorName,
): ReadTarget {
  const collection = catalog.collection(database, name);
  if (partitions.length > 0 && collection.schema.fields.some((field) => field.isPartitionKey)) {
    throw new BraidError(
      partitionKeyError,
      'not support manually specifying the partition names if partition key mode is used',
    );
  }
  const named = catalog.partitions(collection, partitions);
  const loaded = collection.partitions.filter((partition) => partition.loaded);
  if (loaded.length === 0)
    throw new BraidError('collectionNotLoaded', `collection not loaded[collection=${collection.name}]`);
  const missing = named.find((partition) => !partition.loaded);
  if (missing) throw new BraidError('partitionNotLoaded', `partition not loaded[partition=${missing.name}]`);
  if (named.length > 0) return { collection, partitionIds: idsOf(named) };
  return { collection, partitionIds: loaded.length === collection.partitions.length ? undefined : idsOf(loaded) };
}

function idsOf(partitions: readonly PartitionRecord[]): readonly number[] {
  return [...new Set(partitions.map((partition) => partition.id))].sort((left, right) => left - right);
}
