import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

/** The group that all readers are in: the only one this version has. */
export const DEFAULT_RESOURCE_GROUP = '__default_resource_group';

export interface ResourceGroupOutput {
  readonly name: string;
  /** Readers that discovery names: as many as there are query nodes in the system info. */
  readonly nodes: readonly { readonly nodeId: string; readonly address: string }[];
  /** Loaded replicas by collection name, over all databases. */
  readonly replicaCounts: ReadonlyMap<string, number>;
}

export async function resourceGroups(
  cluster: Cluster,
  _context: RequestContext,
): Promise<readonly ResourceGroupOutput[]> {
  const nodes = cluster.members
    .readers()
    .map((handle) => ({ nodeId: handle.member.nodeId, address: handle.shard.address }));
  const { databases } = cluster.catalog.current;
  const collections = databases.flatMap(({ id }) => cluster.catalog.current.collectionsOf(id));
  const loaded = collections.filter(({ partitions }) => partitions.some((partition) => partition.loaded));
  const replicaCounts = new Map(loaded.map(({ name, replicaCount }) => [name, replicaCount]));
  return [{ name: DEFAULT_RESOURCE_GROUP, nodes, replicaCounts }];
}
