import type { AccessCommand } from '../../../core/access/access-commands.ts';
import {
  ANY,
  BUILT_IN_ROLES,
  type GrantRecord,
  isSameGrant,
  type RoleRecord,
} from '../../../core/access/access-records.ts';
import { BUILT_IN_GROUPS, levelOfPrivilege, OBJECT_PRIVILEGES } from '../../../core/access/privileges.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';
import { type CommandOutcome, unchanged } from '../catalog/command-outcome.ts';
import type { AccessState } from './access-state.ts';

type Command<Kind extends AccessCommand['kind']> = Extract<AccessCommand, { kind: Kind }>;

export function createRole(access: AccessState, command: Command<'createRole'>): CommandOutcome {
  const { role: name, description } = command;
  if (access.findRole(name)) throw new BraidError('roleExists', `role [${name}] already exists`);
  if (access.roles.length >= LIMITS.rolesMax) {
    const message = `unable to create role because the number of roles has reached the limit ${LIMITS.rolesMax}`;
    throw new BraidError('roleExists', message);
  }
  return putRole({ name, description, grants: [] });
}

export function alterRole(access: AccessState, command: Command<'alterRole'>): CommandOutcome {
  return putRole({ ...access.role(command.role), description: command.description });
}

/** Users lose it, too. */
export function dropRole(access: AccessState, command: Command<'dropRole'>): CommandOutcome {
  if (BUILT_IN_ROLES.includes(command.role)) {
    const message = `the role[${command.role}] is a default role, which can't be dropped`;
    throw new BraidError('privilegeNotPermitted', message);
  }
  const { name, grants } = access.role(command.role);
  if (grants.length > 0 && !command.force) {
    const message = 'fail to drop the role that it has privileges. Use REVOKE API to revoke privileges';
    throw new BraidError('roleInUse', `${message}: ${name}`);
  }
  const holders = access.users.filter((user) => user.roles.includes(name));
  const changes: CatalogChange[] = holders.map((user) => ({
    kind: 'putUser',
    user: { ...user, roles: user.roles.filter((role) => role !== name) },
  }));
  return { changes: [...changes, { kind: 'dropRole', name }], result: {} };
}

/** What is granted may be granted again. */
export function grantPrivilege(access: AccessState, command: Command<'grantPrivilege'>): CommandOutcome {
  const role = access.role(command.role);
  refuseUnknownPrivilege(access, command.grant);
  if (role.grants.some((grant) => isSameGrant(grant, command.grant))) return unchanged();
  if (role.grants.length >= LIMITS.grantsMax) {
    const message = `role ${role.name} has ${role.grants.length} grants, the limit is ${LIMITS.grantsMax}`;
    throw new BraidError('parameterInvalid', message);
  }
  return putRole({ ...role, grants: [...role.grants, command.grant] });
}

/** What is not granted may be revoked. */
export function revokePrivilege(access: AccessState, command: Command<'revokePrivilege'>): CommandOutcome {
  const role = access.role(command.role);
  const grants = role.grants.filter((grant) => !isSameGrant(grant, command.grant));
  return grants.length === role.grants.length ? unchanged() : putRole({ ...role, grants });
}

/** The router has checked it, but a group may have been dropped since. */
function refuseUnknownPrivilege(access: AccessState, { privilege }: GrantRecord): void {
  const isKnown =
    privilege === ANY ||
    levelOfPrivilege(privilege) !== undefined ||
    Object.hasOwn(BUILT_IN_GROUPS, privilege) ||
    Object.values(OBJECT_PRIVILEGES).some((privileges) => privileges.includes(privilege)) ||
    access.findGroup(privilege) !== undefined;
  if (isKnown) return;
  const message = `invalid privilege name or privilege group name: ${privilege}`;
  throw new BraidError('parameterInvalid', message);
}

function putRole(role: RoleRecord): CommandOutcome {
  return { changes: [{ kind: 'putRole', role }], result: {} };
}
