import type { CollectionRecord } from '../../../core/catalog.ts';
import { readersOfGroups } from '../../../core/resource-groups/readers-of-groups.ts';
import {
  groupsOfReplicas,
  type ResourceGroupConfig,
  withDefaultGroup,
} from '../../../core/resource-groups/resource-group.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface ResourceGroupOutput {
  readonly name: string;
  readonly config: ResourceGroupConfig;
  /** Readers of the group that discovery names; of all groups together as many as there are query nodes in the system info. */
  readonly nodes: readonly { readonly nodeId: string; readonly address: string }[];
  /** Loaded replicas by collection name, over all databases. */
  readonly replicaCounts: ReadonlyMap<string, number>;
}

/** In order of their names; the default group is always among them. */
export async function resourceGroups(
  cluster: Cluster,
  _context: RequestContext,
): Promise<readonly ResourceGroupOutput[]> {
  const { current } = cluster.catalog;
  const readers = cluster.members.readers().map((handle) => handle.member);
  const readersOf = readersOfGroups(current.resourceGroups, readers);
  const loaded = current.databases
    .flatMap(({ id }) => current.collectionsOf(id))
    .filter(({ partitions }) => partitions.some((partition) => partition.loaded));
  return withDefaultGroup(current.resourceGroups).map(({ name, config }) => ({
    name,
    config,
    nodes: readersOf.get(name)!.map(({ nodeId, address }) => ({ nodeId, address })),
    replicaCounts: replicasIn(name, loaded),
  }));
}

function replicasIn(group: string, collections: readonly CollectionRecord[]): ReadonlyMap<string, number> {
  const counts = collections.map((collection): [string, number] => [
    collection.name,
    groupsOfReplicas(collection).filter((name) => name === group).length,
  ]);
  return new Map(counts.filter(([, count]) => count > 0));
}
