import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface ChangeUserRoleInput {
  readonly user: string;
  readonly role: string;
  readonly change: 'grant' | 'revoke';
}

/** What is so already is success; a user or a role that is not there is an error. */
export async function changeUserRole(
  cluster: Cluster,
  context: RequestContext,
  { user, role, change }: ChangeUserRoleInput,
): Promise<void> {
  await changeCatalog(cluster, context, { kind: change === 'grant' ? 'grantRole' : 'revokeRole', user, role });
}
