import type { AccessRecords } from '../../../core/access/access-records.ts';
import { isPasswordHash } from '../../../core/access/password-hash.ts';
import { validateGroupName, validateRoleName, validateUserName } from '../../../core/access/validate-access.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

/** All of a backup or nothing: a name that is taken is an error. Hashes must be this server's own. */
export async function restoreAccess(
  cluster: Cluster,
  context: RequestContext,
  { users, roles, privilegeGroups }: Omit<AccessRecords, 'version'>,
): Promise<void> {
  refuseTooMany('users', users.length, LIMITS.usersMax);
  refuseTooMany('roles', roles.length, LIMITS.rolesMax);
  refuseTooMany('privilege groups', privilegeGroups.length, LIMITS.privilegeGroupsMax);
  for (const { name, passwordHash } of users) {
    validateUserName(name);
    if (isPasswordHash(passwordHash)) continue;
    const message = `the password of user ${name} is not a hash that this server made: create the user anew`;
    throw new BraidError('parameterInvalid', message);
  }
  for (const { name, grants } of roles) {
    validateRoleName(name);
    refuseTooMany(`grants of role ${name}`, grants.length, LIMITS.grantsMax);
  }
  for (const { name } of privilegeGroups) validateGroupName(name);
  await changeCatalog(cluster, context, { kind: 'restoreAccess', users, roles, privilegeGroups });
}

function refuseTooMany(what: string, count: number, limit: number): void {
  if (count > limit) throw new BraidError('parameterInvalid', `${count} ${what}, the limit is ${limit}`);
}
