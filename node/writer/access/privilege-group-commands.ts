import type { AccessCommand } from '../../../core/access/access-commands.ts';
import { BUILT_IN_GROUPS, levelOfPrivilege } from '../../../core/access/privileges.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { type CommandOutcome, unchanged } from '../catalog/command-outcome.ts';
import type { AccessState } from './access-state.ts';

type Command<Kind extends AccessCommand['kind']> = Extract<AccessCommand, { kind: Kind }>;

export function createPrivilegeGroup(access: AccessState, { group }: Command<'createPrivilegeGroup'>): CommandOutcome {
  if (Object.hasOwn(BUILT_IN_GROUPS, group) || levelOfPrivilege(group)) {
    const message = `privilege group name [${group}] is defined by built in privileges or privilege groups in system`;
    throw new BraidError('parameterInvalid', message);
  }
  if (access.findGroup(group)) {
    throw new BraidError('parameterInvalid', `privilege group name [${group}] already exists`);
  }
  if (access.groups.length >= LIMITS.privilegeGroupsMax) {
    const message = `the number of privilege groups has reached the limit ${LIMITS.privilegeGroupsMax}`;
    throw new BraidError('parameterInvalid', message);
  }
  return putGroup(group, []);
}

/** A group that is not there is success; one that a role has been granted is not dropped. */
export function dropPrivilegeGroup(access: AccessState, { group }: Command<'dropPrivilegeGroup'>): CommandOutcome {
  refuseBuiltIn(group);
  if (!access.findGroup(group)) return unchanged();
  const user = access.roles.find((role) => role.grants.some(({ privilege }) => privilege === group));
  if (user) {
    const message = `privilege group [${group}] is used by role [${user.name}], Use REVOKE API to revoke it first`;
    throw new BraidError('parameterInvalid', message);
  }
  return { changes: [{ kind: 'dropPrivilegeGroup', name: group }], result: {} };
}

/** All privileges of a group are of one level, so that it can be granted on one object. Groups may be added: what is in them is copied. */
export function addPrivileges(access: AccessState, command: Command<'addPrivileges'>): CommandOutcome {
  const before = known(access, command.group);
  const privileges = [...new Set([...before, ...flattened(access, command.privileges)])];
  const levels = new Set(privileges.map(levelOfPrivilege));
  if (levels.size > 1) {
    const message = `privileges are not the same privilege level, privileges: [${privileges.join(' ')}]`;
    throw new BraidError('parameterInvalid', message);
  }
  return privileges.length === before.length ? unchanged() : putGroup(command.group, privileges);
}

export function removePrivileges(access: AccessState, command: Command<'removePrivileges'>): CommandOutcome {
  const before = known(access, command.group);
  const removed = new Set(flattened(access, command.privileges));
  const privileges = before.filter((privilege) => !removed.has(privilege));
  return privileges.length === before.length ? unchanged() : putGroup(command.group, privileges);
}

function known(access: AccessState, group: string): readonly string[] {
  refuseBuiltIn(group);
  return access.group(group).privileges;
}

function flattened(access: AccessState, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    if (levelOfPrivilege(name)) return [name];
    const group = Object.hasOwn(BUILT_IN_GROUPS, name) ? BUILT_IN_GROUPS[name] : access.findGroup(name)?.privileges;
    if (group) return group;
    throw new BraidError(
      'parameterInvalid',
      `there is no privilege name or privilege group name [${name}] defined in system to operate`,
    );
  });
}

function refuseBuiltIn(group: string): void {
  if (!Object.hasOwn(BUILT_IN_GROUPS, group)) return;
  const message = `the privilege group name [${group}] is defined by built in privilege groups in system`;
  throw new BraidError('parameterInvalid', message);
}

function putGroup(name: string, privileges: readonly string[]): CommandOutcome {
  return { changes: [{ kind: 'putPrivilegeGroup', group: { name, privileges } }], result: {} };
}
