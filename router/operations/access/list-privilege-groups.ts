import type { PrivilegeGroupRecord } from '../../../core/access/access-records.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

/** Those that somebody made, by name; the built-in ones are not among them. */
export async function listPrivilegeGroups(
  cluster: Cluster,
  _context: RequestContext,
): Promise<readonly PrivilegeGroupRecord[]> {
  const { privilegeGroups } = await cluster.access.read();
  return privilegeGroups;
}
