import { setTimeout as sleep } from 'node:timers/promises';
import zookeeper, { type Client } from 'node-zookeeper-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Discovery, Member } from '../../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import { discoveryContract, RecordedLog, WatchedLists, watchOnce } from '../../contract/discovery-contract.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { TcpProxy } from '../../servers/tcp-proxy.ts';
import { missingZooKeeper, ZooKeeper } from '../../servers/zookeeper.ts';
import { silentHost } from '../test-host.ts';

const SESSION_MS = 2_000;
const LIMIT_MS = 60_000;
const reader = (nodeId: string, address = '10.0.0.1:19540'): Member => ({ nodeId, address, roles: ['reader'] });

describe.runIf(mayRunWith('ZooKeeper', missingZooKeeper()))('the discovery of ZooKeeper', { timeout: LIMIT_MS }, () => {
  let server: ZooKeeper;
  let count = 0;

  beforeAll(async () => {
    server = await ZooKeeper.start();
  }, 90_000);

  afterAll(() => server[Symbol.asyncDispose]());

  const open = (options: object, logger: PluginLogger = new RecordedLog()): Promise<Discovery> => {
    const shared = { servers: server.address, sessionTimeoutMs: SESSION_MS };
    const choice = { use: 'zookeeper', with: { ...shared, ...options } };
    return openPlugin('discovery', choice, { ...silentHost(), logger });
  };

  discoveryContract('the discovery of ZooKeeper', async () => {
    const path = `/contract-${++count}/members`;
    return {
      open: (logger) => open({ path }, logger),
      forget: (nodeId) => withClient(server, (client) => removed(client, `${path}/${nodeId}`)),
      putGarbage: () =>
        withClient(server, async (client) => {
          const garbage = [
            '',
            'no json',
            '{"version":1}',
            '{"version":99,"nodeId":"x"}',
            'x'.repeat(100_000),
            '\xff\0',
          ];
          for (const [i, text] of garbage.entries()) await created(client, `${path}/garbage-${i}`, text);
        }),
      stop: () => server.kill(),
      start: () => server.startAgain({ empty: true }),
      [Symbol.asyncDispose]: async () => {},
    };
  });

  test('a restart of the server that keeps its data is not noticed: sessions and lists stay', async () => {
    const path = `/kept-${++count}`;
    await using announcing = await open({ path, sessionTimeoutMs: 20_000 });
    await using _announced = await announcing.announce!(reader('a'));
    await using watched = new WatchedLists(announcing);
    await watched.until((list) => list.length === 1);
    await server.kill();
    await server.startAgain();
    await using _second = await announcing.announce!(reader('b'));
    await watched.until((list) => list.length === 2);
    expect(watched.lists.map((list) => list.length)).toEqual([1, 2]);
  });

  test('a server that stops for longer than the session makes nobody vanish from the list', async () => {
    const path = `/expired-${++count}`;
    const log = new RecordedLog();
    await using announcing = await open({ path }, log);
    await using other = await open({ path });
    await using _announced = await announcing.announce!(reader('a'));
    await using watched = new WatchedLists(other);
    await watched.until((list) => list.length === 1);
    server.pause();
    await sleep(SESSION_MS * 2);
    server.resume();
    await using _second = await announcing.announce!(reader('b'));
    await watched.until((list) => list.length === 2);
    expect(watched.lists.every((list) => list.length > 0)).toBe(true);
  });

  test('a process that was cut off until its session expired comes back by itself', async () => {
    const path = `/cut-off-${++count}`;
    const proxy = await TcpProxy.start(server.port);
    const log = new RecordedLog();
    await using announcing = await open({ path, servers: `127.0.0.1:${proxy.port}` }, log);
    await using other = await open({ path });
    await using _announced = await announcing.announce!(reader('a'));
    await using watched = new WatchedLists(other);
    await watched.until((list) => list.length === 1);
    proxy.faultFor = () => 'black-hole';
    await watched.until((list) => list.length === 0);
    proxy.faultFor = () => undefined;
    await watched.until((list) => list.length === 1);
    expect(log.warnings.join()).toContain('announcing it again');
    await announcing[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  test('a server that keeps connections and says nothing is left for another', async () => {
    const path = `/silent-${++count}`;
    await using silent = await ZooKeeper.start();
    await using discovery = await open({ path, servers: `${silent.address},${server.address}` });
    await using watched = new WatchedLists(discovery);
    await watched.until(() => true);
    silent.pause();
    await using _announced = await (await open({ path })).announce!(reader('a'));
    await watched.until((list) => list.length === 1);
    silent.resume();
  });

  test('a member that changes what it says is seen changed', async () => {
    const path = `/changed-${++count}`;
    await using discovery = await open({ path });
    await using _announced = await discovery.announce!(reader('a'));
    await using watched = new WatchedLists(discovery);
    await watched.until((list) => list.length === 1);
    const text = JSON.stringify({ version: 1, ...reader('a', '10.9.9.9:1') });
    await withClient(server, (client) => written(client, `${path}/a`, text));
    await watched.until((list) => list[0]?.address === '10.9.9.9:1');
  });

  test('below a chroot, with digest authentication: only this user sees the members', async () => {
    const options = { servers: `${server.address}/tenant-${++count}/deep`, user: 'braid', password: 'secret' };
    await using discovery = await open(options);
    await using _announced = await discovery.announce!(reader('a/ä b'.replaceAll(' ', '')));
    await watchOnce(await open(options), (list) => list.length === 1);
    await expect(open({ ...options, password: 'wrong' })).rejects.toThrow(/refuse .*check user and password/);
    await withClient(server, async (client) => {
      await expect(children(client, `/tenant-${count}/deep/braid/members`)).rejects.toThrow(/NO_AUTH/);
    });
  });

  test.each([
    [{ servers: 'no-port' }, /discovery\.with\.servers/],
    [{ servers: 'a:1', path: 'relative' }, /discovery\.with\.path/],
    [{ servers: 'a:1', user: 'only' }, /user and password belong together/],
    [{ servers: 'a:1', sessionTimeoutMs: 10 }, /sessionTimeoutMs/],
  ])('%j is refused', async (options, message) => {
    await expect(open(options)).rejects.toThrow(message);
  });
});

/** A client of the test's own, with a session as short as the call. */
async function withClient(server: ZooKeeper, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = zookeeper.createClient(server.address);
  const connected = new Promise<void>((resolve) => client.once('connected', resolve));
  client.connect();
  await connected;
  try {
    await use(client);
  } finally {
    client.close();
  }
}

function removed(client: Client, path: string): Promise<void> {
  return new Promise((resolve, reject) => client.remove(path, (error) => (error ? reject(error) : resolve())));
}

function created(client: Client, path: string, data: string): Promise<void> {
  return new Promise((resolve, reject) =>
    client.create(path, Buffer.from(data), (error) => (error ? reject(error) : resolve())),
  );
}

function written(client: Client, path: string, data: string): Promise<void> {
  return new Promise((resolve, reject) =>
    client.setData(path, Buffer.from(data), (error) => (error ? reject(error) : resolve())),
  );
}

function children(client: Client, path: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) =>
    client.getChildren(path, (error, names) => (error ? reject(error) : resolve(names))),
  );
}
