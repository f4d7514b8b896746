import { ANY, type GrantRecord } from '../../../core/access/access-records.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface ListGrantsInput {
  readonly role: string;
  /** Empty: all types. */
  readonly objectType: string;
  /** Empty: all objects. */
  readonly objectName: string;
  /** `*`: all databases. */
  readonly database: string;
}

/** What a role may do, in the order in which it was granted. What is granted on all databases holds for each. */
export async function listGrants(
  cluster: Cluster,
  _context: RequestContext,
  input: ListGrantsInput,
): Promise<readonly GrantRecord[]> {
  const { role: name, objectType, objectName, database } = input;
  const { roles } = await cluster.access.read();
  const role = roles.find((candidate) => candidate.name === name);
  if (!role) {
    const message = `not found the role, maybe the role isn't existed or internal system error: ${name}`;
    throw new BraidError('roleNotFound', message);
  }
  return role.grants.filter(
    (grant) =>
      (database === ANY || grant.database === ANY || grant.database === database) &&
      (objectType === '' || grant.objectType === objectType) &&
      (objectName === '' || grant.objectName === objectName),
  );
}
