import { hashPassword, isPasswordOf } from '../../../core/access/password-hash.ts';
import { validateDescription, validatePassword } from '../../../core/access/validate-access.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface UpdatePasswordInput {
  readonly user: string;
  readonly oldPassword: string;
  readonly newPassword: string;
  /** Undefined: stays as it is. */
  readonly description?: string;
}

/** A user who is not there fails like one whose password is wrong. */
export async function updatePassword(
  cluster: Cluster,
  context: RequestContext,
  input: UpdatePasswordInput,
): Promise<void> {
  const { user, oldPassword, newPassword, description } = input;
  validatePassword(newPassword);
  if (description !== undefined) validateDescription(`user ${user}`, description);
  const { users } = await cluster.access.read();
  const oldHash = users.find(({ name }) => name === user)?.passwordHash ?? '';
  if (!(await isPasswordOf(oldHash, oldPassword))) {
    throw new BraidError('notAuthenticated', `old password not correct for ${user}`);
  }
  const passwordHash = await hashPassword(newPassword);
  await changeCatalog(cluster, context, {
    kind: 'changePassword',
    user,
    oldHash,
    passwordHash,
    ...(description !== undefined && { description }),
  });
}
