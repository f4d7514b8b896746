import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface ReplicasInput {
  readonly collection: string;
}

export interface ReplicaOutput {
  readonly collectionId: number;
  /** 1, 2, ... */
  readonly replicaId: number;
  /** Nodes that share the collection's segments in this replica. */
  readonly nodeIds: readonly string[];
}

/** Of a loaded collection. Readers hold segments of several replicas; for display they are dealt out evenly. */
export async function replicas(
  cluster: Cluster,
  context: RequestContext,
  input: ReplicasInput,
): Promise<readonly ReplicaOutput[]> {
  const collection = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  if (!collection.partitions.some((partition) => partition.loaded)) {
    throw new BraidError('collectionNotLoaded', `collection not loaded[collection=${collection.name}]`);
  }
  const nodeIds = cluster.members.readers().map((handle) => handle.member.nodeId);
  const count = Math.max(1, Math.min(collection.replicaCount, nodeIds.length));
  return Array.from({ length: count }, (_, i) => ({
    collectionId: collection.id,
    replicaId: i + 1,
    nodeIds: nodeIds.filter((_, place) => place % count === i),
  }));
}
