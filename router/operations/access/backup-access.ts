import { type AccessRecords, BUILT_IN_ROLES, ROOT_USER } from '../../../core/access/access-records.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

/** Everything that is not built in: users with the hashes of their passwords, roles, grants, groups. */
export async function backupAccess(cluster: Cluster, _context: RequestContext): Promise<AccessRecords> {
  const { version, users, roles, privilegeGroups } = await cluster.access.read();
  return {
    version,
    users: users.filter(({ name }) => name !== ROOT_USER),
    roles: roles.filter(({ name, grants }) => !BUILT_IN_ROLES.includes(name) || grants.length > 0),
    privilegeGroups,
  };
}
