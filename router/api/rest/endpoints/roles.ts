import Type from 'typebox';
import { Name, OptionalFlag, OptionalName } from '../codec/bodies.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const RoleBody = Type.Object({ roleName: Name });
const DescribedRoleBody = Type.Object({ roleName: Name, description: OptionalName });

export const roleEndpoints: readonly Endpoint[] = [
  endpoint('roles/list', Type.Object({}), async (_body, { operations, context }) => {
    const roles = await operations.listRoles(context, { role: '' });
    return answer(roles.map(({ name }) => name));
  }),

  endpoint('roles/describe', RoleBody, async ({ roleName }, { operations, context }) => {
    const { database } = context;
    const grants = await operations.listGrants(context, { role: roleName, objectType: '', objectName: '', database });
    return answer(
      grants.map(({ objectType, objectName, privilege, grantor, database: dbName }) => ({
        objectType,
        objectName,
        privilege,
        dbName,
        grantor,
      })),
    );
  }),

  endpoint('roles/create', DescribedRoleBody, async ({ roleName, description = '' }, { operations, context }) => {
    await operations.createRole(context, { role: roleName, description });
    return DONE;
  }),

  endpoint('roles/alter', DescribedRoleBody, async ({ roleName, description = '' }, { operations, context }) => {
    await operations.alterRole(context, { role: roleName, description });
    return DONE;
  }),

  endpoint(
    'roles/drop',
    Type.Object({ roleName: Name, forceDrop: OptionalFlag }),
    async ({ roleName, forceDrop = false }, { operations, context }) => {
      await operations.dropRole(context, { role: roleName, force: forceDrop });
      return DONE;
    },
  ),

  ...(['grant', 'revoke'] as const).flatMap((change) => [
    endpoint(
      `roles/${change}_privilege`,
      Type.Object({ roleName: Name, objectType: Name, objectName: Name, privilege: Name }),
      async ({ roleName, objectType, objectName, privilege }, { operations, context }) => {
        const { database } = context;
        const input = { role: roleName, objectType, objectName, privilege, database, change };
        await operations.changePrivilege(context, input);
        return DONE;
      },
    ),

    endpoint(
      `roles/${change}_privilege_v2`,
      Type.Object({ roleName: Name, privilege: Name, collectionName: Name }),
      async ({ roleName, privilege, collectionName }, { operations, context }) => {
        const { database } = context;
        const on = { objectType: undefined, objectName: collectionName, database };
        await operations.changePrivilege(context, { role: roleName, privilege, change, ...on });
        return DONE;
      },
    ),
  ]),
];
