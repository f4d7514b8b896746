import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { resourceGroup } from './resource-group.ts';

/**
 * Replicas that lie in one group need a reader each. `replicaGroups` names the group of each replica; throws `resourceGroupNotFound` for one that is not there. One
 * replica in the default group is always allowed: its readers may come later.
 */
export async function refuseTooFewReaders(
  cluster: Cluster,
  context: RequestContext,
  replicaGroups: readonly string[],
): Promise<void> {
  for (const name of new Set(replicaGroups)) {
    const { nodes } = await resourceGroup(cluster, context, { name });
    const wanted = replicaGroups.filter((group) => group === name).length;
    const isEnough = nodes.length >= wanted;
    if (isEnough || (wanted === 1 && cluster.members.readers().length === 0)) continue;
    const message = `failed to load collection: ${wanted} replicas need as many readers, but there are ${nodes.length} in resource group ${name}: resource group node not enough`;
    throw new BraidError('resourceGroupNodesShort', message);
  }
}
