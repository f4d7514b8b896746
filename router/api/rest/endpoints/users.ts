import Type from 'typebox';
import { Name, OptionalName } from '../codec/bodies.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const UserBody = Type.Object({ userName: Name });
const UserRoleBody = Type.Object({ userName: Name, roleName: Name });

export const userEndpoints: readonly Endpoint[] = [
  endpoint('users/list', Type.Object({}), async (_body, { operations, context }) => {
    const users = await operations.listUsers(context, { user: '' });
    return answer(users.map(({ name }) => name));
  }),

  endpoint('users/describe', UserBody, async ({ userName }, { operations, context }) => {
    const users = await operations.listUsers(context, { user: userName });
    return answer(users.flatMap(({ roles }) => roles));
  }),

  endpoint(
    'users/create',
    Type.Object({ userName: Name, password: Name, description: OptionalName }),
    async ({ userName, password, description = '' }, { operations, context }) => {
      await operations.createUser(context, { user: userName, password, description });
      return DONE;
    },
  ),

  endpoint(
    'users/update_password',
    Type.Object({ userName: Name, password: Name, newPassword: Name }),
    async ({ userName, password, newPassword }, { operations, context }) => {
      await operations.updatePassword(context, { user: userName, oldPassword: password, newPassword });
      return DONE;
    },
  ),

  endpoint('users/drop', UserBody, async ({ userName }, { operations, context }) => {
    await operations.dropUser(context, { user: userName });
    return DONE;
  }),

  endpoint('users/grant_role', UserRoleBody, async ({ userName, roleName }, { operations, context }) => {
    await operations.changeUserRole(context, { user: userName, role: roleName, change: 'grant' });
    return DONE;
  }),

  endpoint('users/revoke_role', UserRoleBody, async ({ userName, roleName }, { operations, context }) => {
    await operations.changeUserRole(context, { user: userName, role: roleName, change: 'revoke' });
    return DONE;
  }),
];
