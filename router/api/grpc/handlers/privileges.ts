import type { GrantRecord, RoleRecord } from '../../../../core/access/access-records.ts';
import {
  BackupRBACMetaResponse,
  GrantEntity,
  ListPrivilegeGroupsResponse,
  OperatePrivilegeGroupType,
  OperatePrivilegeType,
  SelectGrantResponse,
} from '../../../../proto/generated/milvus/access.ts';
import type { Operations } from '../../../operations/operations.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

/** What roles may do, groups of privileges, and everything about users and roles in one piece. */
export function privilegeHandlers(operations: Operations) {
  return {
    operatePrivilege: async ({ entity, type }, context) => {
      await operations.changePrivilege(context, {
        role: entity?.role?.name ?? '',
        objectType: entity?.object?.name ?? '',
        objectName: entity?.objectName ?? '',
        privilege: entity?.grantor?.privilege?.name ?? '',
        database: entity?.dbName || context.database,
        change: changeOf(type),
      });
      return SUCCESS;
    },

    operatePrivilegeV2: async ({ role, grantor, type, dbName, collectionName }, context) => {
      await operations.changePrivilege(context, {
        role: role?.name ?? '',
        objectType: undefined,
        objectName: collectionName,
        privilege: grantor?.privilege?.name ?? '',
        database: dbName || context.database,
        change: changeOf(type),
      });
      return SUCCESS;
    },

    selectGrant: async ({ entity }, context) => {
      const role = entity?.role?.name ?? '';
      const grants = await operations.listGrants(context, {
        role,
        objectType: entity?.object?.name ?? '',
        objectName: entity?.objectName ?? '',
        database: entity?.dbName || context.database,
      });
      return SelectGrantResponse.create({ status: SUCCESS, entities: grants.map((grant) => encodeGrant(role, grant)) });
    },

    createPrivilegeGroup: async ({ groupName }, context) => {
      await operations.createPrivilegeGroup(context, { group: groupName });
      return SUCCESS;
    },

    dropPrivilegeGroup: async ({ groupName }, context) => {
      await operations.dropPrivilegeGroup(context, { group: groupName });
      return SUCCESS;
    },

    listPrivilegeGroups: async (_request, context) => {
      const groups = await operations.listPrivilegeGroups(context);
      return ListPrivilegeGroupsResponse.create({ status: SUCCESS, privilegeGroups: groups.map(encodeGroup) });
    },

    operatePrivilegeGroup: async ({ groupName, privileges, type }, context) => {
      await operations.changePrivilegeGroup(context, {
        group: groupName,
        privileges: privileges.map(({ name }) => name),
        change: type === OperatePrivilegeGroupType.AddPrivilegesToGroup ? 'add' : 'remove',
      });
      return SUCCESS;
    },

    backupRbac: async (_request, context) => {
      const { users, roles, privilegeGroups } = await operations.backupAccess(context);
      return BackupRBACMetaResponse.create({
        status: SUCCESS,
        RBACMeta: {
          users: users.map(({ name, passwordHash, roles: names }) => ({
            user: name,
            password: passwordHash,
            roles: names.map((role) => ({ name: role, description: '' })),
          })),
          roles: roles.map(({ name, description }) => ({ name, description })),
          grants: roles.flatMap((role) => role.grants.map((grant) => encodeGrant(role.name, grant))),
          privilegeGroups: privilegeGroups.map(encodeGroup),
        },
      });
    },

    restoreRbac: async ({ RBACMeta: meta }, context) => {
      await operations.restoreAccess(context, {
        users: (meta?.users ?? []).map(({ user, password, roles }) => ({
          name: user,
          passwordHash: password,
          description: '',
          roles: roles.map(({ name }) => name),
        })),
        roles: (meta?.roles ?? []).map(
          (role): RoleRecord => ({
            ...role,
            grants: (meta?.grants ?? []).filter((grant) => grant.role?.name === role.name).map(decodeGrant),
          }),
        ),
        privilegeGroups: (meta?.privilegeGroups ?? []).map(({ groupName, privileges }) => ({
          name: groupName,
          privileges: privileges.map(({ name }) => name),
        })),
      });
      return SUCCESS;
    },
  } satisfies Handlers;
}

function changeOf(type: OperatePrivilegeType): 'grant' | 'revoke' {
  return type === OperatePrivilegeType.Grant ? 'grant' : 'revoke';
}

function encodeGrant(role: string, { objectType, objectName, privilege, database, grantor }: GrantRecord): GrantEntity {
  return GrantEntity.create({
    role: { name: role, description: '' },
    object: { name: objectType },
    objectName,
    grantor: { user: { name: grantor }, privilege: { name: privilege } },
    dbName: database,
  });
}

function decodeGrant({ object, objectName, grantor, dbName }: GrantEntity): GrantRecord {
  return {
    objectType: object?.name ?? '',
    objectName,
    privilege: grantor?.privilege?.name ?? '',
    database: dbName || 'default',
    grantor: grantor?.user?.name ?? '',
  };
}

function encodeGroup({ name, privileges }: { readonly name: string; readonly privileges: readonly string[] }) {
  return { groupName: name, privileges: privileges.map((privilege) => ({ name: privilege })) };
}
