import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';
import type { PrivilegeGroupInput } from './create-privilege-group.ts';

/** A group that is not there is success; one that a role has been granted is an error. */
export async function dropPrivilegeGroup(
  cluster: Cluster,
  context: RequestContext,
  { group }: PrivilegeGroupInput,
): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'dropPrivilegeGroup', group });
}
