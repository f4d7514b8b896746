import { BraidError } from '../../../core/errors.ts';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { loadedPartitionIds } from '../../cluster/views.ts';
import { channelNames } from '../channel-names.ts';
import { resourceGroups } from '../groups/resource-groups.ts';
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
  readonly resourceGroup: string;
  /** Nodes that share the collection's segments in this replica. */
  readonly nodes: readonly Pick<Member, 'nodeId' | 'address'>[];
}

/** Of a loaded collection: replica n of a segment lies on the n-th owner of the segment (plugins/routing/place-replicas.ts), so the nodes of replica n are all of these. */
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
  const { preferences, ownerGroups } = await cluster.views.replicas(collection);
  const groups = await resourceGroups(cluster, context);
  return ownerGroups.map((resourceGroup, place) => {
    const owners = new Map(
      [...preferences.values()].flatMap((members) => {
        const owner = members[place];
        return owner ? [[owner.nodeId, owner]] : [];
      }),
    );
    // One replica of a group, or none with a segment yet: every reader of the group is there for it.
    const isShared = ownerGroups.filter((group) => group === resourceGroup).length > 1 && preferences.size > 0;
    return {
      collectionId: collection.id,
      replicaId: place + 1,
      partitionIds,
      channels: channelNames(collection),
      resourceGroup,
      nodes: isShared ? [...owners.values()] : groups.find(({ name }) => name === resourceGroup)!.nodes,
    };
  });
}
