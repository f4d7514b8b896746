import { hashPassword } from '../../../core/access/password-hash.ts';
import { validateDescription, validatePassword, validateUserName } from '../../../core/access/validate-access.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateUserInput {
  readonly user: string;
  /** In clear text; it is hashed here and goes no further. */
  readonly password: string;
  readonly description: string;
}

/** A name that is taken is an error. */
export async function createUser(cluster: Cluster, context: RequestContext, input: CreateUserInput): Promise<void> {
  const { user, password, description } = input;
  validateUserName(user);
  validatePassword(password);
  validateDescription(`user ${user}`, description);
  const passwordHash = await hashPassword(password);
  await changeCatalog(cluster, context, { kind: 'createUser', user, passwordHash, description });
}
