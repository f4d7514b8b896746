import Type from 'typebox';
import { Name } from '../codec/bodies.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const GroupBody = Type.Object({ privilegeGroupName: Name });
const PrivilegesBody = Type.Object({
  privilegeGroupName: Name,
  privileges: Type.Array(Type.String(), { minItems: 1 }),
});

export const privilegeGroupEndpoints: readonly Endpoint[] = [
  endpoint('privilege_groups/create', GroupBody, async ({ privilegeGroupName }, { operations, context }) => {
    await operations.createPrivilegeGroup(context, { group: privilegeGroupName });
    return DONE;
  }),

  endpoint('privilege_groups/drop', GroupBody, async ({ privilegeGroupName }, { operations, context }) => {
    await operations.dropPrivilegeGroup(context, { group: privilegeGroupName });
    return DONE;
  }),

  /** Milvus joins the privileges of a group by commas. */
  endpoint('privilege_groups/list', Type.Object({}), async (_body, { operations, context }) => {
    const groups = await operations.listPrivilegeGroups(context);
    const privilegeGroups = groups.map(({ name, privileges }) => ({
      privilegeGroupName: name,
      privileges: privileges.join(','),
    }));
    return answer({ privilegeGroups });
  }),

  endpoint('privilege_groups/add_privileges_to_group', PrivilegesBody, async (body, { operations, context }) => {
    const { privilegeGroupName: group, privileges } = body;
    await operations.changePrivilegeGroup(context, { group, privileges, change: 'add' });
    return DONE;
  }),

  endpoint('privilege_groups/remove_privileges_from_group', PrivilegesBody, async (body, { operations, context }) => {
    const { privilegeGroupName: group, privileges } = body;
    await operations.changePrivilegeGroup(context, { group, privileges, change: 'remove' });
    return DONE;
  }),
];
