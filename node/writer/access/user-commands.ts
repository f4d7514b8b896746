import type { AccessCommand } from '../../../core/access/access-commands.ts';
import { PUBLIC_ROLE, ROOT_USER, type UserRecord } from '../../../core/access/access-records.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { type CommandOutcome, unchanged } from '../catalog/command-outcome.ts';
import type { AccessState } from './access-state.ts';

type Command<Kind extends AccessCommand['kind']> = Extract<AccessCommand, { kind: Kind }>;

export function createUser(access: AccessState, command: Command<'createUser'>): CommandOutcome {
  const { user: name, passwordHash, description } = command;
  if (access.findUser(name)) throw new BraidError('userExists', `user already exists: ${name}`);
  if (access.users.length >= LIMITS.usersMax) {
    const message = `unable to add user because the number of users has reached the limit ${LIMITS.usersMax}`;
    throw new BraidError('userExists', message);
  }
  return putUser({ name, passwordHash, description, roles: [] });
}

export function changePassword(access: AccessState, command: Command<'changePassword'>): CommandOutcome {
  const user = access.user(command.user);
  if (user.passwordHash !== command.oldHash) {
    throw new BraidError('notAuthenticated', `old password not correct for ${user.name}: it has just been changed`);
  }
  const { passwordHash, description = user.description } = command;
  return putUser({ ...user, passwordHash, description });
}

/** A user that is not there is success. */
export function dropUser(access: AccessState, command: Command<'dropUser'>): CommandOutcome {
  if (command.user === ROOT_USER) {
    throw new BraidError('privilegeNotPermitted', 'root user cannot be deleted');
  }
  if (!access.findUser(command.user)) return unchanged();
  return { changes: [{ kind: 'dropUser', name: command.user }], result: {} };
}

/** What a user has may be given again. */
export function grantRole(access: AccessState, command: Command<'grantRole'>): CommandOutcome {
  const user = access.user(command.user);
  const { name } = access.role(command.role);
  if (name === PUBLIC_ROLE || user.roles.includes(name)) return unchanged();
  return putUser({ ...user, roles: [...user.roles, name] });
}

/** A role that the user does not have, or that is gone, may be taken away. */
export function revokeRole(access: AccessState, command: Command<'revokeRole'>): CommandOutcome {
  const user = access.user(command.user);
  if (!user.roles.includes(command.role)) return unchanged();
  return putUser({ ...user, roles: user.roles.filter((role) => role !== command.role) });
}

function putUser(user: UserRecord): CommandOutcome {
  return { changes: [{ kind: 'putUser', user }], result: {} };
}
