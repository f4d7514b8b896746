import { validateGroupName } from '../../../core/access/validate-access.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface PrivilegeGroupInput {
  readonly group: string;
}

/** An empty one. A name that is taken, or that a privilege has, is an error. */
export async function createPrivilegeGroup(
  cluster: Cluster,
  context: RequestContext,
  { group }: PrivilegeGroupInput,
): Promise<void> {
  validateGroupName(group);
  await changeCatalog(cluster, context, { kind: 'createPrivilegeGroup', group });
}
