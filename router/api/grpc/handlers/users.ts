import { BraidError } from '../../../../core/errors.ts';
import {
  ListCredUsersResponse,
  OperateUserRoleType,
  SelectRoleResponse,
  SelectUserResponse,
} from '../../../../proto/generated/milvus/access.ts';
import type { Operations } from '../../../operations/operations.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

/** Users and the roles they have. */
export function userHandlers(operations: Operations) {
  return {
    createCredential: async ({ username, password, description = '' }, context) => {
      await operations.createUser(context, { user: username, password: clearText(password), description });
      return SUCCESS;
    },

    updateCredential: async ({ username, oldPassword, newPassword, description }, context) => {
      await operations.updatePassword(context, {
        user: username,
        oldPassword: clearText(oldPassword),
        newPassword: clearText(newPassword),
        ...(description !== undefined && { description }),
      });
      return SUCCESS;
    },

    deleteCredential: async ({ username }, context) => {
      await operations.dropUser(context, { user: username });
      return SUCCESS;
    },

    listCredUsers: async (_request, context) => {
      const users = await operations.listUsers(context, { user: '' });
      return ListCredUsersResponse.create({ status: SUCCESS, usernames: users.map(({ name }) => name) });
    },

    selectUser: async ({ user, includeRoleInfo }, context) => {
      const users = await operations.listUsers(context, { user: user?.name ?? '' });
      return SelectUserResponse.create({
        status: SUCCESS,
        results: users.map(({ name, description, roles }) => ({
          user: { name },
          roles: includeRoleInfo ? roles.map((role) => ({ name: role, description: '' })) : [],
          description,
        })),
      });
    },

    createRole: async ({ entity }, context) => {
      await operations.createRole(context, { role: entity?.name ?? '', description: entity?.description ?? '' });
      return SUCCESS;
    },

    alterRole: async ({ roleName, description }, context) => {
      await operations.alterRole(context, { role: roleName, description });
      return SUCCESS;
    },

    dropRole: async ({ roleName, forceDrop }, context) => {
      await operations.dropRole(context, { role: roleName, force: forceDrop });
      return SUCCESS;
    },

    selectRole: async ({ role, includeUserInfo }, context) => {
      const roles = await operations.listRoles(context, { role: role?.name ?? '' });
      return SelectRoleResponse.create({
        status: SUCCESS,
        results: roles.map(({ name, description, users }) => ({
          role: { name, description },
          users: includeUserInfo ? users.map((user) => ({ name: user })) : [],
        })),
      });
    },

    operateUserRole: async ({ username, roleName, type }, context) => {
      const change = type === OperateUserRoleType.AddUserToRole ? 'grant' : 'revoke';
      await operations.changeUserRole(context, { user: username, role: roleName, change });
      return SUCCESS;
    },
  } satisfies Handlers;
}

/** Passwords travel as base64 of their UTF-8. */
function clearText(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  if (Buffer.from(text, 'utf8').toString('base64') === base64) return text;
  throw new BraidError('parameterInvalid', 'decode password fail: it is not base64 of a text');
}
