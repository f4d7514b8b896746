import { validateDescription, validateRoleName } from '../../../core/access/validate-access.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateRoleInput {
  readonly role: string;
  readonly description: string;
}

/** A name that is taken is an error. */
export async function createRole(cluster: Cluster, context: RequestContext, input: CreateRoleInput): Promise<void> {
  validateRoleName(input.role);
  validateDescription(`role ${input.role}`, input.description);
  await changeCatalog(cluster, context, { kind: 'createRole', ...input });
}
