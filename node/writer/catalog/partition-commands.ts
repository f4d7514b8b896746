import type { CollectionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { DEFAULT_PARTITION, refuseMoreCapacity } from './collection-commands.ts';
import { type CommandContext, type CommandOutcome, replaceCollection, unchanged } from './command-outcome.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

export function createPartition(context: CommandContext, command: Command<'createPartition'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  refuseWithPartitionKey(collection, 'create');
  const existing = collection.partitions.find((partition) => partition.name === command.partition);
  if (existing) return unchanged({ collectionId: collection.id, partitionId: existing.id });
  if (collection.partitions.length >= LIMITS.partitionsMax) {
    const counts = `partition number (${collection.partitions.length}) exceeds max configuration (${LIMITS.partitionsMax})`;
    throw new BraidError('parameterUnexpected', `${counts}, collection: ${collection.name}`);
  }
  refuseMoreCapacity(context, collection.shardsCount);
  const partition = {
    id: context.nextId(),
    name: command.partition,
    createdTimestamp: context.nextTimestamp(),
    loaded: collection.loadsNewPartitions,
  };
  const partitions = [...collection.partitions, partition];
  const result = { collectionId: collection.id, partitionId: partition.id };
  return replaceCollection(context, { ...collection, partitions }, result);
}

/** The rows go with it: the caller adds the retirement of the partition's segments to the changes. */
export function dropPartition(context: CommandContext, command: Command<'dropPartition'>): CommandOutcome {
  const collection = context.catalog.collection(command.database, command.collection);
  refuseWithPartitionKey(collection, 'drop');
  if (command.partition === DEFAULT_PARTITION) {
    throw new BraidError('parameterUnexpected', 'default partition cannot be deleted');
  }
  const dropped = collection.partitions.find((partition) => partition.name === command.partition);
  if (!dropped) return unchanged({ collectionId: collection.id });
  if (dropped.loaded) {
    const message = 'partition cannot be dropped, partition is loaded, please release it first';
    throw new BraidError('parameterUnexpected', message);
  }
  const partitions = collection.partitions.filter((partition) => partition !== dropped);
  const result = { collectionId: collection.id, partitionId: dropped.id };
  return replaceCollection(context, { ...collection, partitions }, result);
}

function refuseWithPartitionKey(collection: CollectionRecord, verb: string): void {
  if (!collection.schema.fields.some((field) => field.isPartitionKey)) return;
  throw new BraidError('parameterUnexpected', `disable ${verb} partition if partition key mode is used`);
}
