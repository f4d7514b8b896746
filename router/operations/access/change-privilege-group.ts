import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface ChangePrivilegeGroupInput {
  readonly group: string;
  /** Names of privileges, or of groups whose privileges are meant. All of one level. */
  readonly privileges: readonly string[];
  readonly change: 'add' | 'remove';
}

export async function changePrivilegeGroup(
  cluster: Cluster,
  context: RequestContext,
  { group, privileges, change }: ChangePrivilegeGroupInput,
): Promise<void> {
  const kind = change === 'add' ? 'addPrivileges' : 'removePrivileges';
  await changeCatalog(cluster, context, { kind, group, privileges });
}
