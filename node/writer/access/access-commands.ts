import type { AccessCommand } from '../../../core/access/access-commands.ts';
import { ADMIN_ROLE, BUILT_IN_ROLES, PUBLIC_ROLE, ROOT_USER } from '../../../core/access/access-records.ts';
import { hashPassword } from '../../../core/access/password-hash.ts';
import { BraidError } from '../../../core/errors.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';
import type { CommandOutcome } from '../catalog/command-outcome.ts';
import type { AccessState } from './access-state.ts';
import {
  addPrivileges,
  createPrivilegeGroup,
  dropPrivilegeGroup,
  removePrivileges,
} from './privilege-group-commands.ts';
import { alterRole, createRole, dropRole, grantPrivilege, revokePrivilege } from './role-commands.ts';
import { changePassword, createUser, dropUser, grantRole, revokeRole } from './user-commands.ts';

type Handlers = {
  readonly [Kind in AccessCommand['kind']]: (
    access: AccessState,
    command: Extract<AccessCommand, { kind: Kind }>,
  ) => CommandOutcome;
};

const HANDLERS: Handlers = {
  createUser,
  changePassword,
  dropUser,
  createRole,
  alterRole,
  dropRole,
  grantRole,
  revokeRole,
  grantPrivilege,
  revokePrivilege,
  createPrivilegeGroup,
  dropPrivilegeGroup,
  addPrivileges,
  removePrivileges,
  restoreAccess,
};

export function isAccessCommand(command: { readonly kind: string }): command is AccessCommand {
  return Object.hasOwn(HANDLERS, command.kind);
}

/** What a change of users, roles or groups comes to. Throws in Milvus' words. */
export function accessOutcome(access: AccessState, command: AccessCommand): CommandOutcome {
  const handler = HANDLERS[command.kind] as (access: AccessState, command: AccessCommand) => CommandOutcome;
  return handler(access, command);
}

/** What is always there and is not yet: the user root, with this password, and the roles admin and public. */
export async function builtInAccess(access: AccessState, rootPassword: string): Promise<readonly CatalogChange[]> {
  const roles = BUILT_IN_ROLES.filter((name) => !access.findRole(name));
  const changes: CatalogChange[] = roles.map((name) => ({
    kind: 'putRole',
    role: { name, description: name === PUBLIC_ROLE ? 'every user has it' : 'may do everything', grants: [] },
  }));
  if (access.findUser(ROOT_USER)) return changes;
  const passwordHash = await hashPassword(rootPassword);
  return [
    ...changes,
    { kind: 'putUser', user: { name: ROOT_USER, passwordHash, description: '', roles: [ADMIN_ROLE] } },
  ];
}

/** All of it or nothing: what is there by the same name already is refused, except what is built in. */
function restoreAccess(
  access: AccessState,
  command: Extract<AccessCommand, { kind: 'restoreAccess' }>,
): CommandOutcome {
  const users = command.users.filter(({ name }) => name !== ROOT_USER);
  const roles = command.roles.filter(({ name, grants }) => !BUILT_IN_ROLES.includes(name) || grants.length > 0);
  const taken =
    users.find(({ name }) => access.findUser(name)) ??
    roles.find(({ name }) => !BUILT_IN_ROLES.includes(name) && access.findRole(name)) ??
    command.privilegeGroups.find(({ name }) => access.findGroup(name));
  if (taken) throw new BraidError('parameterInvalid', `failed to restore RBAC meta: ${taken.name} already exists`);
  return {
    changes: [
      ...users.map((user): CatalogChange => ({ kind: 'putUser', user })),
      ...roles.map((role): CatalogChange => ({ kind: 'putRole', role })),
      ...command.privilegeGroups.map((group): CatalogChange => ({ kind: 'putPrivilegeGroup', group })),
    ],
    result: {},
  };
}
