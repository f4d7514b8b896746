import { BraidError } from '../../../core/errors.ts';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { loadedPartitionIds } from '../../cluster/views.ts';
import { channelNames } from '../channel-names.ts';
import type { RequestContext } from '../request-context.ts';

export interface ReplicasInput {
  readonly collection: string;
}

export interface ReplicaOutput {
  readonly collectionId: number;
  /** 1, 2, ... */
  readonly replicaId: number;
  /** Loaded ones. */
  readonly partitionIds: readonly number[];
  readonly channels: readonly string[];
  /** Nodes that share the collection's segments in this replica. */
  readonly nodes: readonly Pick<Member, 'nodeId' | 'address'>[];
}

/**
 * Of a loaded collection. Replica n of a segment lies on the n-th node of the segment's preference: the nodes of replica n are all of these. A single replica is all readers, and so
 * is every one while there is no segment.
 */
export async function replicas(
  cluster: Cluster,
  context: RequestContext,
  input: ReplicasInput,
): Promise<readonly ReplicaOutput[]> {
  const collection = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  const partitionIds = loadedPartitionIds(collection);
  if (partitionIds.length === 0) {
    throw new BraidError('collectionNotLoaded', `collection not loaded[collection=${collection.name}]`);
  }
  const readers = cluster.members.readers().map((handle) => handle.member);
  const placed = await cluster.views.preferences(collection);
  const count = Math.max(1, Math.min(collection.replicaCount, readers.length));
  return Array.from({ length: count }, (_, place) => {
    const nodes = new Set([...placed.values()].flatMap((members) => members[place] ?? []));
    return {
      collectionId: collection.id,
      replicaId: place + 1,
      partitionIds,
      channels: channelNames(collection),
      nodes: count === 1 || placed.size === 0 ? readers : [...nodes],
    };
  });
}
