import type { CollectionRecord } from '../../core/catalog.ts';

/** Names for the shards that clients are told of; rows are not spread by them. */
export function channelNames({ id, shardsCount }: CollectionRecord): string[] {
  return Array.from({ length: shardsCount }, (_, shard) => `collection-${id}-${shard}`);
}
