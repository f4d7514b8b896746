import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { status } from '@grpc/grpc-js';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { post } from '../e2e/rest-client.ts';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { failsWith, ok, okData } from './support/answers.ts';
import { feature, uniqueName } from './support/chapter.ts';
import {
  type Guarded,
  guardedChapter,
  guardedDeployments,
  ROOT_PASSWORD,
  secondRouter,
} from './support/guarded-chapter.ts';
import { NODE_LINES } from './support/node-sdk.ts';

const SCRIPT = join(fileURLToPath(new URL('.', import.meta.url)), 'python/guarded/authentication.py');
const SCRIPT_TIMEOUT_MS = 180_000;
const PASSWORD = 'first password';
const WRONG = { code: status.UNAUTHENTICATED, details: expect.stringContaining('check username and password') };
const denied = (privilege: string, user: string, database = 'default') => ({
  code: status.PERMISSION_DENIED,
  details: `Privilege${privilege}: permission deny to ${user} in the \`${database}\` database`,
});

async function createUser({ root }: Guarded, password = PASSWORD): Promise<string> {
  const username = uniqueName('user');
  ok(await root.createUser({ username, password }));
  return username;
}

/** Rejects as the first call does. */
async function tryOnce({ deployment }: Guarded, username: string, password: string): Promise<void> {
  const client = new MilvusClient({ address: deployment.address, username, password, logLevel: 'error' });
  try {
    await client.connectPromise;
  } finally {
    await client.closeConnection();
  }
}

const deployments = guardedDeployments();

guardedChapter('Authentication', 'Node SDK 3.0', deployments, (guarded) => {
  feature('user and password', () => {
    test.each(NODE_LINES)('are sent by the Node SDK %s', async (line) => {
      const client = await guarded.signIn('root', ROOT_PASSWORD, line);
      expect(ok(await client.listUsers()).usernames).toContain('root');
    });

    test('that are wrong, or missing, are refused', async () => {
      const username = await createUser(guarded);
      await expect(tryOnce(guarded, username, 'another password')).rejects.toMatchObject(WRONG);
      await expect(tryOnce(guarded, 'nobody', PASSWORD)).rejects.toMatchObject(WRONG);
      await expect(tryOnce(guarded, '', '')).rejects.toMatchObject({
        code: status.UNAUTHENTICATED,
        details: expect.stringContaining('missing authorization in header'),
      });
      const { address } = guarded.deployment;
      const reply = await post(address, 'collections/list');
      expect(reply).toMatchObject({ status: 401, code: 1800, message: "user hasn't authenticated" });
    });

    test('that change count at once, the old ones no more', async () => {
      const username = await createUser(guarded);
      const client = await guarded.signIn(username, PASSWORD);
      ok(await client.listCollections());
      ok(await client.updateUser({ username, oldPassword: PASSWORD, newPassword: 'second password' }));
      await expect(client.listCollections()).rejects.toMatchObject(WRONG);
      ok(await (await guarded.signIn(username, 'second password')).listCollections());
    });

    test('of a user who was dropped are refused', async () => {
      const username = await createUser(guarded);
      const client = await guarded.signIn(username, PASSWORD);
      ok(await client.listCollections());
      ok(await guarded.root.deleteUser({ username }));
      await expect(client.listCollections()).rejects.toMatchObject(WRONG);
    });

    test('are neither in the log nor on the status pages', async () => {
      const username = await createUser(guarded, 'canary in the mine');
      await expect(tryOnce(guarded, username, 'canary on a branch')).rejects.toMatchObject(WRONG);
      ok(await (await guarded.signIn(username, 'canary in the mine')).listCollections());
      const { processes } = guarded.deployment;
      const encoded = Buffer.from(`${username}:canary in the mine`).toString('base64');
      for (const { name } of processes.started) {
        const log = await readFile(processes.logOf(name), 'utf8');
        for (const secret of ['canary', encoded, ROOT_PASSWORD]) expect(log).not.toContain(secret);
      }
      const headers = { authorization: `Bearer root:${ROOT_PASSWORD}` };
      const config = await fetch(`http://${guarded.management}/config`, { headers });
      expect(config.status).toBe(200);
      expect(await config.text()).not.toContain(ROOT_PASSWORD);
      expect((await fetch(`http://${guarded.management}/config`)).status).toBe(401);
    });
  });
});

guardedChapter('Privileges', 'Node SDK 3.0', deployments, (guarded) => {
  let films: string;
  let secrets: string;
  let username: string;
  let role: string;
  let client: MilvusClient;

  const fields = [
    { name: 'id', data_type: 'Int64', is_primary_key: true },
    { name: 'vector', data_type: 'FloatVector', dim: 2 },
  ];
  const create = async (collection_name: string) => {
    const index_params = [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }];
    const consistency_level = 'Strong';
    const { root } = guarded;
    ok(await root.createCollection({ collection_name, fields, index_params, consistency_level } as never));
    ok(await root.loadCollectionSync({ collection_name }));
    ok(await root.insert({ collection_name, data: [{ id: 1, vector: [1, 0] }] }));
  };
  const search = (collection_name: string, as = client) => as.search({ collection_name, data: [1, 0], limit: 1 });
  const grant = (privilege: string, collection_name = films, db_name = 'default') =>
    guarded.root.grantPrivilegeV2({ role, privilege, db_name, collection_name });
  const revoke = (privilege: string, collection_name = films, db_name = 'default') =>
    guarded.root.revokePrivilegeV2({ role, privilege, db_name, collection_name });

  beforeAll(async () => {
    films = uniqueName('films');
    secrets = uniqueName('secrets');
    await create(films);
    await create(secrets);
  }, 120_000);

  beforeEach(async () => {
    username = await createUser(guarded);
    role = uniqueName('role');
    ok(await guarded.root.createRole({ roleName: role }));
    ok(await guarded.root.addUserToRole({ username, roleName: role }));
    client = await guarded.signIn(username, PASSWORD);
  });

  afterEach(async () => {
    ok(await guarded.root.dropRole({ roleName: role, force_drop: true } as never));
    ok(await guarded.root.deleteUser({ username }));
  });

  afterAll(async () => {
    for (const collection_name of [films, secrets]) await guarded.root.dropCollection({ collection_name });
  });

  feature('are needed', () => {
    test('to search, write and change, and once granted suffice, until they are revoked', async () => {
      const row = { collection_name: films, data: [{ id: 2, vector: [0, 1] }] };
      ok(await grant('GetLoadState'));
      await expect(search(films)).rejects.toMatchObject(denied('Search', username));
      ok(await grant('Search'));
      expect(ok(await search(films)).results).toMatchObject([{ id: '1' }]);
      await expect(client.insert(row)).rejects.toMatchObject(denied('Insert', username));
      ok(await grant('CollectionReadWrite'));
      expect(ok(await client.insert(row)).insert_cnt).toBe('1');
      await expect(client.dropCollection({ collection_name: films })).rejects.toMatchObject(
        denied('DropCollection', username),
      );
      ok(await revoke('CollectionReadWrite'));
      await expect(client.insert(row)).rejects.toMatchObject(denied('Insert', username));
      ok(await search(films));
      ok(await revoke('Search'));
      await expect(search(films)).rejects.toMatchObject(denied('Search', username));
      ok(await revoke('GetLoadState'));
    });

    test('on this collection, not on others of the database, nor on one of its name elsewhere', async () => {
      const db_name = uniqueName('database');
      ok(await guarded.root.createDatabase({ db_name }));
      ok(await guarded.root.createCollection({ collection_name: films, db_name, fields } as never));
      ok(await grant('CollectionReadOnly'));
      ok(await search(films));
      failsWith(
        await client.describeCollection({ collection_name: secrets }),
        1401,
        /not allowed to access collection/,
      );
      const elsewhere = await guarded.post(`${username}:${PASSWORD}`, 'entities/query', {
        dbName: db_name,
        collectionName: films,
        filter: 'id > 0',
      });
      expect(elsewhere).toMatchObject({ status: 403, message: denied('Query', username, db_name).details });
      ok(await revoke('CollectionReadOnly'));
      ok(await guarded.root.dropCollection({ collection_name: films, db_name }));
      ok(await guarded.root.dropDatabase({ db_name }));
    });

    test('on the collection that an alias stands for', async () => {
      const alias = uniqueName('alias');
      ok(await guarded.root.createAlias({ collection_name: secrets, alias }));
      ok(await grant('CollectionReadOnly', alias));
      const asked = { collectionName: alias, filter: 'id == 1' };
      const query = () => guarded.post(`${username}:${PASSWORD}`, 'entities/query', asked);
      expect(await query()).toMatchObject({ status: 403, code: 1401 });
      ok(await guarded.root.alterAlias({ collection_name: films, alias }));
      ok(await grant('CollectionReadOnly'));
      expect(okData(await query())).toHaveLength(1);
      // Who may change the alias of films may not take over one of another collection.
      ok(await grant('CollectionAdmin'));
      ok(await guarded.root.alterAlias({ collection_name: secrets, alias }));
      await expect(client.alterAlias({ collection_name: films, alias })).rejects.toMatchObject(
        denied('CreateAlias', username),
      );
      for (const privilege of ['CollectionReadOnly', 'CollectionAdmin']) ok(await revoke(privilege));
      ok(await revoke('CollectionReadOnly', alias));
      ok(await guarded.root.dropAlias({ alias }));
    });

    test('by roles: a role that is taken away, or dropped, takes its privileges along', async () => {
      ok(await grant('CollectionReadOnly', '*'));
      ok(await search(secrets));
      ok(await guarded.root.removeUserFromRole({ username, roleName: role }));
      await expect(search(secrets)).rejects.toMatchObject(denied('Search', username));
      ok(await guarded.root.addUserToRole({ username, roleName: 'admin' }));
      ok(await search(secrets));
      ok(await client.createRole({ roleName: `${role}_2` }));
      ok(await client.dropRole({ roleName: `${role}_2` }));
      ok(await guarded.root.removeUserFromRole({ username, roleName: 'admin' }));
      await expect(client.createRole({ roleName: `${role}_2` })).rejects.toMatchObject(
        denied('CreateOwnership', username),
      );
      ok(await guarded.root.addUserToRole({ username, roleName: role }));
      ok(await revoke('CollectionReadOnly', '*'));
    });

    test('of groups that somebody made, and of the older way of granting', async () => {
      const group_name = uniqueName('group');
      const { root } = guarded;
      ok(await root.createPrivilegeGroup({ group_name }));
      ok(await root.addPrivilegesToGroup({ group_name, privileges: ['Query', 'GetLoadState'] }));
      ok(await grant(group_name));
      const asked = { collection_name: films, filter: 'id == 1' };
      expect(ok(await client.query(asked)).data).toHaveLength(1);
      await expect(search(films)).rejects.toMatchObject(denied('Search', username));
      ok(await root.removePrivilegesFromGroup({ group_name, privileges: ['Query'] }));
      await expect(client.query(asked)).rejects.toMatchObject(denied('Query', username));
      ok(await revoke(group_name));
      ok(await root.dropPrivilegeGroup({ group_name }));
      const older = { roleName: role, object: 'Collection', objectName: films, privilegeName: 'Query' };
      ok(await root.grantRolePrivilege(older as never));
      expect(ok(await client.query(asked)).data).toHaveLength(1);
      ok(await root.revokeRolePrivilege(older as never));
      await expect(client.query(asked)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    });

    test('not to see and change what is one’s own', async () => {
      const described = ok(await client.describeUser({ username, includeRoleInfo: true }));
      expect(described.results).toMatchObject([{ user: { name: username }, roles: [{ name: role }] }]);
      await expect(client.describeUser({ username: 'root' } as never)).rejects.toMatchObject(
        denied('SelectUser', username),
      );
      ok(await client.listGrants({ roleName: role }));
      await expect(client.listGrants({ roleName: 'admin' })).rejects.toMatchObject(denied('SelectOwnership', username));
    });
  });

  feature('what nothing is granted on is not listed', () => {
    test('collections and databases', async () => {
      expect(ok(await client.showCollections()).data).toEqual([]);
      expect(ok(await client.listDatabases()).db_names).toEqual([]);
      ok(await grant('CollectionReadOnly'));
      expect(ok(await client.showCollections()).data.map(({ name }) => name)).toEqual([films]);
      expect(ok(await client.listDatabases()).db_names).toEqual(['default']);
      ok(await revoke('CollectionReadOnly'));
    });
  });

  feature('over REST', () => {
    test('the same are needed', async () => {
      const as = `${username}:${PASSWORD}`;
      const asked = { collectionName: films, data: [[1, 0]], limit: 1 };
      expect(await guarded.post(as, 'entities/search', asked)).toMatchObject({
        status: 403,
        code: 1401,
        message: denied('Search', username).details,
      });
      expect(okData(await guarded.post(as, 'collections/list'))).toEqual([]);
      expect(await guarded.post(as, 'users/list')).toMatchObject({ status: 403 });
      expect(okData(await guarded.post(as, 'users/describe', { userName: username }))).toEqual([role]);
      ok(await grant('Search'));
      expect(okData(await guarded.post(as, 'entities/search', asked))).toHaveLength(1);
      expect(await guarded.post(`${username}:wrong password`, 'entities/search', asked)).toMatchObject({
        status: 401,
        code: 1800,
      });
      ok(await revoke('Search'));
    });
  });

  feature('revoked', () => {
    test('at one router they are gone at the others within moments', async ({ skip }) => {
      const address = await secondRouter(guarded.deployment);
      if (!address) return skip('one process has one router');
      ok(await grant('CollectionReadOnly'));
      const other = await guarded.signIn(username, PASSWORD, '3.0', address);
      ok(await search(films, other));
      ok(await revoke('CollectionReadOnly'));
      const outcome = () =>
        search(films, other).then(
          () => 'found',
          ({ code }) => code,
        );
      await expect.poll(outcome, { timeout: 20_000 }).toBe(status.PERMISSION_DENIED);
    }, 120_000);
  });
});

if (mayRunWith('pymilvus', missingPymilvus())) {
  guardedChapter('Authentication', 'pymilvus', deployments, (guarded) => {
    feature('user and password', () => {
      test(
        'are sent, refused, and of little use without privileges',
        async () => {
          const output = await runPython(SCRIPT, [`http://${guarded.deployment.address}`, ROOT_PASSWORD]);
          expect(output.trim().split('\n').at(-1)).toBe('done');
        },
        SCRIPT_TIMEOUT_MS,
      );
    });
  });
}
