import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface ListRolesInput {
  /** Empty: all of them. */
  readonly role: string;
}

export interface ListedRole {
  readonly name: string;
  readonly description: string;
  readonly users: readonly string[];
}

/** By name. A role that is not there gives an empty list. */
export async function listRoles(
  cluster: Cluster,
  _context: RequestContext,
  input: ListRolesInput,
): Promise<readonly ListedRole[]> {
  const { users, roles } = await cluster.access.read();
  return roles
    .filter(({ name }) => input.role === '' || input.role === name)
    .map(({ name, description }) => ({
      name,
      description,
      users: users.filter((user) => user.roles.includes(name)).map((user) => user.name),
    }));
}
