import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface ListUsersInput {
  /** Empty: all of them. */
  readonly user: string;
}

export interface ListedUser {
  readonly name: string;
  readonly description: string;
  readonly roles: readonly string[];
}

/** By name. A user that is not there gives an empty list. */
export async function listUsers(
  cluster: Cluster,
  _context: RequestContext,
  input: ListUsersInput,
): Promise<readonly ListedUser[]> {
  const { users } = await cluster.access.read();
  return users
    .filter(({ name }) => input.user === '' || input.user === name)
    .map(({ name, description, roles }) => ({ name, description, roles }));
}
