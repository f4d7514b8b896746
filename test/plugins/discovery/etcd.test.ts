import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Etcd3 } from 'etcd3';
import { afterAll, describe, expect, test } from 'vitest';
import type { Discovery, Member } from '../../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import { discoveryContract, RecordedLog, WatchedLists, watchOnce } from '../../contract/discovery-contract.ts';
import { createCertificates, missingOpenssl } from '../../servers/certificates.ts';
import { Etcd, missingEtcd } from '../../servers/etcd.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { TcpProxy } from '../../servers/tcp-proxy.ts';
import { silentHost } from '../test-host.ts';

const READER: Member = { nodeId: 'reader-a', address: '10.0.0.1:1', roles: ['reader'] };

function openEtcd(options: object, logger: PluginLogger = new RecordedLog()): Promise<Discovery> {
  const choice = { use: 'etcd', with: { ttlMs: 2_000, requestTimeoutMs: 1_000, ...options } };
  return openPlugin('discovery', choice, { ...silentHost(), logger });
}

describe.runIf(mayRunWith('etcd', missingEtcd()))('etcd', { timeout: 90_000 }, () => {
  discoveryContract('the discovery of etcd', async () => {
    const server = await Etcd.start();
    const client = new Etcd3({ hosts: `http://${server.endpoint}` });
    return {
      open: (logger) => openEtcd({ endpoints: [server.endpoint] }, logger),
      forget: async (nodeId) => {
        await client.delete().key(`braid/members/${nodeId}`);
      },
      putGarbage: async () => {
        await client.put('braid/members/garbage').value(Buffer.from([0xff, 0xfe, 0]));
        await client.put('braid/members/nobody').value('{"version":1}');
        await client.put('braid/members/').value('');
      },
      stop: () => server.kill(),
      start: async () => {
        await server.forgetAll();
        await server.startAgain();
      },
      [Symbol.asyncDispose]: async () => {
        client.close();
        await server[Symbol.asyncDispose]();
      },
    };
  });

  test('a server that comes back with its data shows the same list again', async () => {
    await using server = await Etcd.start();
    await using discovery = await openEtcd({ endpoints: [server.endpoint], ttlMs: 60_000 });
    await using _handle = await discovery.announce!(READER);
    await using watched = new WatchedLists(discovery);
    await watched.until((members) => members.length === 1);
    await server.kill();
    await server.startAgain();
    await using _second = await discovery.announce!({ ...READER, nodeId: 'reader-b' });
    await watched.until((members) => members.length === 2);
    expect(watched.lists.filter((members) => members.length === 0).length).toBeLessThanOrEqual(1);
  });

  test('a node that vanishes without a word leaves the list when its lease is over', async () => {
    await using server = await Etcd.start();
    await using proxy = await TcpProxy.start(server.port);
    await using vanishing = await openEtcd({ endpoints: [`127.0.0.1:${proxy.port}`] });
    await using watched = new WatchedLists(await openEtcd({ endpoints: [server.endpoint] }));
    await using _handle = await vanishing.announce!(READER);
    await watched.until((members) => members.length === 1);
    proxy.faultFor = () => 'black-hole';
    await watched.until((members) => members.length === 0);
    proxy.faultFor = () => undefined;
    await watched.until((members) => members.length === 1);
  });

  test('a history that was compacted while the connection was away costs nothing', async () => {
    await using server = await Etcd.start();
    await using proxy = await TcpProxy.start(server.port);
    await using watched = new WatchedLists(await openEtcd({ endpoints: [`127.0.0.1:${proxy.port}`] }));
    await using announcing = await openEtcd({ endpoints: [server.endpoint] });
    await using _first = await announcing.announce!(READER);
    await watched.until((members) => members.length === 1);
    proxy.faultFor = () => 'cut-before';
    proxy.cutAll();
    await using client = closing(new Etcd3({ hosts: `http://${server.endpoint}` }));
    await using _second = await announcing.announce!({ ...READER, nodeId: 'reader-b' });
    const { header } = await client.getAll().exec();
    await client.kv.compact({ revision: header.revision, physical: true });
    proxy.faultFor = () => undefined;
    await watched.until((members) => members.length === 2);
  });

  describe('with users', () => {
    test('the right password opens, a wrong one is refused with what is wrong', async () => {
      await using server = await Etcd.start();
      await using admin = closing(new Etcd3({ hosts: `http://${server.endpoint}` }));
      await admin.role('root').create();
      await admin.user('root').create('root-secret');
      await admin.user('root').addRole('root');
      await admin.role('braid').create();
      await admin.role('braid').grant({ permission: 'Readwrite', range: admin.range({ prefix: 'braid/members/' }) });
      await admin.user('braid').create('secret');
      await admin.user('braid').addRole('braid');
      await admin.auth.authEnable();
      const options = { endpoints: [server.endpoint], user: 'braid', password: 'secret' };
      await using discovery = await openEtcd(options);
      await using _handle = await discovery.announce!(READER);
      expect(await watchOnce(discovery, (members) => members.length === 1)).toEqual([READER]);
      for (const wrong of [{ password: 'wrong' }, { user: undefined }, { prefix: 'others/' }]) {
        await using refused = await openEtcd({ ...options, ...wrong });
        await expect(refused.announce!(READER)).rejects.toThrow(/etcd refuses this node/);
      }
      // Tokens are of one server process: a restart makes the old ones invalid.
      await using watched = new WatchedLists(discovery);
      await server.kill();
      await server.startAgain();
      await using _second = await discovery.announce!({ ...READER, nodeId: 'reader-b' });
      await watched.until((members) => members.length === 2);
    });
  });

  describe.runIf(mayRunWith('openssl', missingOpenssl()))('with TLS', () => {
    let folder: string | undefined;
    afterAll(async () => folder && rm(folder, { recursive: true }));

    test('certificates are verified on both sides', async () => {
      folder = await mkdtemp(join(tmpdir(), 'braid-etcd-tls-'));
      const tls = await createCertificates(folder, 'right', 'IP:127.0.0.1');
      const foreign = await createCertificates(folder, 'foreign', 'IP:127.0.0.1');
      await using server = await Etcd.start(tls);
      const endpoints = [server.endpoint];
      await using discovery = await openEtcd({ endpoints, tls });
      await using _handle = await discovery.announce!(READER);
      expect(await watchOnce(discovery, (members) => members.length === 1)).toEqual([READER]);
      for (const wrong of [{ caFile: foreign.caFile }, { ...foreign, caFile: tls.caFile }]) {
        const log = new RecordedLog();
        await using refused = await openEtcd({ endpoints, tls: { ...tls, ...wrong } }, log);
        await using watched = new WatchedLists(refused);
        await expect.poll(() => log.warnings.length, { timeout: 20_000 }).toBeGreaterThan(0);
        expect(watched.count).toBe(0);
      }
    });

    test('a file that is not there is named', async () => {
      await expect(openEtcd({ tls: { caFile: '/nowhere/ca.pem' } })).rejects.toThrow(
        'discovery plugin "etcd" did not open: file /nowhere/ca.pem of discovery.with.tls cannot be read',
      );
    });
  });

  test.each([
    [{ endpoints: [] }, /discovery\.with\.endpoints/],
    [{ endpoints: ['http://a:1'] }, /discovery\.with\.endpoints\[0\] is "http:\/\/a:1"/],
    [{ ttlMs: 10 }, /discovery\.with\.ttlMs is 10/],
    [{ pasword: 'x' }, /did you mean "password"/],
  ])('%j is refused', async (options, message) => {
    await expect(openEtcd(options)).rejects.toThrow(message);
  });
});

function closing(client: Etcd3): Etcd3 & AsyncDisposable {
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.close() });
}
