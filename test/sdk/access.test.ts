import { RbacObjects } from '@zilliz/milvus2-sdk-node';
import { afterEach, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';

const USER_FAILED = 65535;

/** As it is on the wire: the SDK's type has other names. */
interface RbacBackup {
  readonly users: readonly { readonly user: string; readonly password: string }[];
  readonly roles: readonly { readonly name: string }[];
  readonly grants: readonly { readonly role: { readonly name: string } }[];
}

chapter('Users, roles and privileges', (sdk) => {
  const users = new Set<string>();
  const roles = new Set<string>();
  const groups = new Set<string>();

  afterEach(async () => {
    for (const username of users) await sdk.client.deleteUser({ username });
    for (const roleName of roles) await sdk.client.dropRole({ roleName, force_drop: true } as never);
    for (const group_name of groups) await sdk.client.dropPrivilegeGroup({ group_name });
    for (const names of [users, roles, groups]) names.clear();
  });

  const createUser = async (password = 'first password'): Promise<string> => {
    const username = uniqueName('user');
    users.add(username);
    ok(await sdk.client.createUser({ username, password }));
    return username;
  };

  const createRole = async (): Promise<string> => {
    const roleName = uniqueName('role');
    roles.add(roleName);
    ok(await sdk.client.createRole({ roleName }));
    return roleName;
  };

  feature('users', () => {
    test('root is always there', async () => {
      expect(ok(await sdk.client.listUsers()).usernames).toContain('root');
      failsWith(await sdk.client.deleteUser({ username: 'root' }), 1401, /root user cannot be deleted/);
    });

    test('are created, listed, described and dropped', async () => {
      const username = await createUser();
      expect(ok(await sdk.client.listUsers()).usernames).toContain(username);
      failsWith(await sdk.client.createUser({ username, password: 'another' }), USER_FAILED, /user already exists/);
      const described = ok(await sdk.client.describeUser({ username, includeRoleInfo: true }));
      expect(described.results).toMatchObject([{ user: { name: username }, roles: [] }]);
      ok(await sdk.client.deleteUser({ username }));
      expect(ok(await sdk.client.listUsers()).usernames).not.toContain(username);
      expect(ok(await sdk.client.describeUser({ username, includeRoleInfo: true })).results).toEqual([]);
    });

    test('a password is changed by who knows it', async () => {
      const username = await createUser('first password');
      const change = (oldPassword: string, newPassword: string) =>
        sdk.client.updateUser({ username, oldPassword, newPassword });
      failsWith(await change('wrong password', 'second password'), 1400, /old password not correct/);
      ok(await change('first password', 'second password'));
      failsWith(await change('first password', 'third password'), 1400, /old password not correct/);
      ok(await change('second password', 'third password'));
      failsWith(await change('third password', 'short'), 1100, /invalid password length/);
    });

    test.each([
      ['9lives', 'long enough', /first character must be a letter/],
      ['a'.repeat(33), 'long enough', /length of username/],
      ['a b', 'long enough', /must contain only/],
      ['fine', 'short', /invalid password length/],
      ['fine', 'x'.repeat(73), /invalid password length/],
    ])('%s with %s is refused', async (username, password, words) => {
      failsWith(await sdk.client.createUser({ username, password }), 1100, words);
    });
  });

  feature('roles', () => {
    test('admin and public are always there and cannot be dropped', async () => {
      const listed = ok(await sdk.client.listRoles()).results.map(({ role }) => role.name);
      expect(listed).toEqual(expect.arrayContaining(['admin', 'public']));
      failsWith(await sdk.client.dropRole({ roleName: 'admin' }), 1401, /default role/);
    });

    test('are created, given to users, and dropped from them', async () => {
      const username = await createUser();
      const roleName = await createRole();
      failsWith(await sdk.client.createRole({ roleName }), USER_FAILED, /already exists/);
      expect((await sdk.client.hasRole({ roleName })).hasRole).toBe(true);
      ok(await sdk.client.addUserToRole({ username, roleName }));
      ok(await sdk.client.addUserToRole({ username, roleName }));
      const described = ok(await sdk.client.describeRole({ roleName, includeUserInfo: true }));
      expect(described.results).toMatchObject([{ role: { name: roleName }, users: [{ name: username }] }]);
      const user = ok(await sdk.client.describeUser({ username, includeRoleInfo: true }));
      expect(user.results[0]!.roles).toMatchObject([{ name: roleName }]);
      ok(await sdk.client.removeUserFromRole({ username, roleName }));
      expect(ok(await sdk.client.describeRole({ roleName, includeUserInfo: true })).results[0]!.users).toEqual([]);
      ok(await sdk.client.addUserToRole({ username, roleName }));
      ok(await sdk.client.dropRole({ roleName }));
      expect((await sdk.client.hasRole({ roleName })).hasRole).toBe(false);
      const afterwards = ok(await sdk.client.describeUser({ username, includeRoleInfo: true }));
      expect(afterwards.results[0]!.roles).toEqual([]);
    });

    test('of nobody, and nobody of a role, are errors', async () => {
      const username = await createUser();
      const roleName = await createRole();
      failsWith(await sdk.client.addUserToRole({ username: 'nobody', roleName }), USER_FAILED, /not found the user/);
      failsWith(await sdk.client.addUserToRole({ username, roleName: 'nothing' }), USER_FAILED, /not found the role/);
    });
  });

  feature('privileges', () => {
    test('are granted on objects, described, revoked', async () => {
      const roleName = await createRole();
      const grant = { roleName, object: RbacObjects.Collection, objectName: 'films', privilegeName: 'Search' };
      ok(await sdk.client.grantRolePrivilege(grant));
      ok(await sdk.client.grantRolePrivilege(grant));
      ok(
        await sdk.client.grantRolePrivilege({
          roleName,
          object: RbacObjects.Global,
          objectName: '*',
          privilegeName: 'CreateCollection',
        }),
      );
      const listed = ok(await sdk.client.listGrants({ roleName }));
      expect(listed.entities).toMatchObject([
        {
          role: { name: roleName },
          object: { name: 'Collection' },
          object_name: 'films',
          db_name: 'default',
          grantor: { user: { name: 'root' }, privilege: { name: 'Search' } },
        },
        { object: { name: 'Global' }, object_name: '*', grantor: { privilege: { name: 'CreateCollection' } } },
      ]);
      const one = ok(
        await sdk.client.selectGrant({
          roleName,
          object: 'Collection',
          objectName: 'films',
          privilegeName: '',
        } as never),
      );
      expect(one.entities).toHaveLength(1);
      failsWith(await sdk.client.dropRole({ roleName }), USER_FAILED, /has privileges/);
      ok(await sdk.client.revokeRolePrivilege(grant));
      expect(ok(await sdk.client.listGrants({ roleName })).entities).toHaveLength(1);
    });

    test('that do not exist, or not for that object, are refused', async () => {
      const roleName = await createRole();
      const on = (object: string, privilegeName: string) =>
        sdk.client.grantRolePrivilege({ roleName, object: object as RbacObjects, objectName: '*', privilegeName });
      failsWith(await on('Collection', 'Fly'), 1100, /not found the privilege name\[Fly\]/);
      failsWith(await on('Collection', 'CreateDatabase'), 1100, /not found the privilege name/);
      failsWith(await on('Planet', 'Search'), 1100, /not found the object type/);
      failsWith(await on('Global', 'ClusterAdmin'), 1100, /not found the privilege name/);
    });

    test('of the newer way are granted by level', async () => {
      const role = await createRole();
      const grant = (privilege: string, db_name: string, collection_name: string) =>
        sdk.client.grantPrivilegeV2({ role, privilege, db_name, collection_name });
      ok(await grant('CollectionReadOnly', 'default', 'films'));
      ok(await grant('DatabaseAdmin', 'default', '*'));
      ok(await grant('ClusterAdmin', '*', '*'));
      ok(await grant('Search', '*', '*'));
      failsWith(await grant('ClusterReadOnly', 'default', '*'), 1100, /should be \* for the cluster level privilege/);
      failsWith(await grant('ShowCollections', 'default', 'films'), 1100, /should be \* for the database level/);
      failsWith(await grant('Search', '*', 'films'), 1100, /please specify database name/);
      failsWith(await grant('Fly', 'default', '*'), 1100, /invalid privilege name or privilege group name: Fly/);
      const { entities } = ok(await sdk.client.listGrants({ roleName: role, db_name: '*' } as never));
      expect(entities.map((entity) => entity.grantor.privilege.name)).toEqual([
        'CollectionReadOnly',
        'DatabaseAdmin',
        'ClusterAdmin',
        'Search',
      ]);
      ok(await sdk.client.revokePrivilegeV2({ role, privilege: 'Search', db_name: '*', collection_name: '*' }));
      failsWith(await sdk.client.dropRole({ roleName: role }), USER_FAILED, /has privileges/);
    });
  });

  feature('privilege groups', () => {
    test('are created, filled, emptied, granted and dropped', async () => {
      const { client } = sdk;
      const group_name = uniqueName('group');
      groups.add(group_name);
      ok(await client.createPrivilegeGroup({ group_name }));
      failsWith(await client.createPrivilegeGroup({ group_name }), 1100, /already exists/);
      const privilegesOf = async () =>
        ok(await client.listPrivilegeGroups())
          .privilege_groups.find((group) => group.group_name === group_name)
          ?.privileges.map(({ name }) => name);
      expect(await privilegesOf()).toEqual([]);
      ok(await client.addPrivilegesToGroup({ group_name, privileges: ['Query', 'Search'] }));
      expect(await privilegesOf()).toEqual(['Query', 'Search']);
      failsWith(
        await client.addPrivilegesToGroup({ group_name, privileges: ['CreateDatabase'] }),
        1100,
        /not the same privilege level/,
      );
      ok(await client.removePrivilegesFromGroup({ group_name, privileges: ['Query'] }));
      expect(await privilegesOf()).toEqual(['Search']);
      const role = await createRole();
      const grant = { role, privilege: group_name, db_name: 'default', collection_name: '*' };
      ok(await client.grantPrivilegeV2(grant));
      failsWith(await client.dropPrivilegeGroup({ group_name }), 1100, /is used by role/);
      ok(await client.revokePrivilegeV2(grant));
      ok(await client.dropPrivilegeGroup({ group_name }));
      expect(await privilegesOf()).toBeUndefined();
    });

    test('may not be called like a privilege', async () => {
      failsWith(await sdk.client.createPrivilegeGroup({ group_name: 'Search' }), 1100, /built in/);
      failsWith(await sdk.client.createPrivilegeGroup({ group_name: 'ClusterAdmin' }), 1100, /built in/);
      failsWith(await sdk.client.createPrivilegeGroup({ group_name: '%$' }), 1100, /privilege group name/);
    });
  });

  feature('backup and restore', () => {
    test('everything comes back, with passwords that nobody can read', async () => {
      const { client } = sdk;
      const username = await createUser('kept password');
      const roleName = await createRole();
      ok(await client.addUserToRole({ username, roleName }));
      ok(
        await client.grantPrivilegeV2({ role: roleName, privilege: 'Query', db_name: 'default', collection_name: 'a' }),
      );
      const RBAC_meta = ok(await client.backupRBAC()).RBAC_meta as unknown as RbacBackup;
      const mine = {
        users: RBAC_meta.users.filter(({ user }) => user === username),
        roles: RBAC_meta.roles.filter(({ name }) => name === roleName),
        grants: RBAC_meta.grants.filter(({ role }) => role.name === roleName),
        privilege_groups: [],
      };
      expect(mine).toMatchObject({ users: [{ roles: [{ name: roleName }] }], roles: [{}], grants: [{}] });
      expect(mine.users[0]!.password).toMatch(/^scrypt\$/);
      expect(RBAC_meta.users.map(({ user }) => user)).not.toContain('root');
      failsWith(await client.restoreRBAC({ RBAC_meta: mine } as never), 1100, /already exists/);
      ok(await client.deleteUser({ username }));
      ok(
        await client.revokePrivilegeV2({
          role: roleName,
          privilege: 'Query',
          db_name: 'default',
          collection_name: 'a',
        }),
      );
      ok(await client.dropRole({ roleName }));
      ok(await client.restoreRBAC({ RBAC_meta: mine } as never));
      const change = { username, oldPassword: 'kept password', newPassword: 'another password' };
      ok(await client.updateUser(change));
      expect(ok(await client.listGrants({ roleName })).entities).toHaveLength(1);
      ok(
        await client.revokePrivilegeV2({
          role: roleName,
          privilege: 'Query',
          db_name: 'default',
          collection_name: 'a',
        }),
      );
    });
  });
});
