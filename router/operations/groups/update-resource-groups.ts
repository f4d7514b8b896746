import type { ResourceGroupConfig } from '../../../core/resource-groups/resource-group.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface UpdateResourceGroupsInput {
  /** The whole new configuration of each, by name. */
  readonly configs: Readonly<Record<string, ResourceGroupConfig>>;
}

/** All or none. Readers change their groups at once; segments follow, and are served from where they were until they have. */
export async function updateResourceGroups(
  cluster: Cluster,
  context: RequestContext,
  { configs }: UpdateResourceGroupsInput,
): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'updateResourceGroups', configs });
}
