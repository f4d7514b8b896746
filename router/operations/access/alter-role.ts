import { validateDescription } from '../../../core/access/validate-access.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';
import type { CreateRoleInput } from './create-role.ts';

/** Gives a role another description. */
export async function alterRole(cluster: Cluster, context: RequestContext, input: CreateRoleInput): Promise<void> {
  validateDescription(`role ${input.role}`, input.description);
  await changeCatalog(cluster, context, { kind: 'alterRole', ...input });
}
