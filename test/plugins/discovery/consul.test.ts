import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Discovery, Member } from '../../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import { discoveryContract, RecordedLog, WatchedLists, watchOnce } from '../../contract/discovery-contract.ts';
import { createCertificates, missingOpenssl } from '../../servers/certificates.ts';
import { ConsulAgent, missingConsul } from '../../servers/consul.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { TcpProxy } from '../../servers/tcp-proxy.ts';
import { silentHost } from '../test-host.ts';

const READER: Member = { nodeId: 'reader-a', address: '10.0.0.1:1', roles: ['reader'] };
const MANAGEMENT_TOKEN = '11111111-2222-3333-4444-555555555555';

function openConsul(options: object, logger: PluginLogger = new RecordedLog()): Promise<Discovery> {
  const choice = { use: 'consul', with: { ttlMs: 1_500, requestTimeoutMs: 2_000, ...options } };
  return openPlugin('discovery', choice, { ...silentHost(), logger });
}

describe.runIf(mayRunWith('Consul', missingConsul()))('consul', { timeout: 120_000 }, () => {
  discoveryContract('the discovery of Consul', async () => {
    const agent = await ConsulAgent.start();
    return {
      open: (logger) => openConsul({ address: agent.address }, logger),
      forget: async (nodeId) => {
        await agent.request('PUT', `/agent/service/deregister/braid:${nodeId}`);
      },
      putGarbage: async () => {
        const register = (service: object) =>
          agent.request('PUT', '/agent/service/register', { Name: 'braid', ...service });
        await register({ ID: 'no-role', Port: 1 });
        await register({ ID: 'no-port', Tags: ['reader'] });
        await register({ ID: 'later', Port: 1, Tags: ['reader'], Meta: { version: '2' } });
        await register({ ID: 'labels', Port: 1, Tags: ['reader'], Meta: { 'labels-0': '{' } });
      },
      stop: () => agent.kill(),
      start: () => agent.startAgain(),
      [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
    };
  });

  test('roles and zone are tags, and what others registered with them counts', async () => {
    await using agent = await ConsulAgent.start();
    await using discovery = await openConsul({ address: agent.address, service: 'cluster-7' });
    const labels = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`läbel-${i}`, `wert ${i}`]));
    const member: Member = { ...READER, address: '[fd00::1]:7', roles: ['reader', 'router'], zone: 'west', labels };
    await using _handle = await discovery.announce!(member);
    const services = (await agent.request('GET', '/catalog/service/cluster-7?tag=reader&tag=zone-west')) as unknown[];
    expect(services).toMatchObject([{ ServiceAddress: 'fd00::1', ServicePort: 7 }]);
    await agent.request('PUT', '/agent/service/register', {
      ...{ Name: 'cluster-7', ID: 'by-hand', Address: '10.0.0.9', Port: 9, Tags: ['writer', 'zone-east'] },
    });
    expect(await watchOnce(discovery, (members) => members.length === 2)).toEqual([
      { nodeId: 'by-hand', address: '10.0.0.9:9', roles: ['writer'], zone: 'east' },
      member,
    ]);
  });

  test('a node that vanishes without a word is critical, and gone from the list, when its time is over', async () => {
    await using agent = await ConsulAgent.start();
    await using proxy = await TcpProxy.start(agent.port);
    await using vanishing = await openConsul({ address: `127.0.0.1:${proxy.port}`, requestTimeoutMs: 500 });
    await using watched = new WatchedLists(await openConsul({ address: agent.address }));
    await using _handle = await vanishing.announce!(READER);
    await watched.until((members) => members.length === 1);
    proxy.faultFor = () => 'black-hole';
    await watched.until((members) => members.length === 0);
    proxy.faultFor = () => undefined;
    await watched.until((members) => members.length === 1);
  });

  test('a connection that hangs does not keep the list from coming again', async () => {
    await using agent = await ConsulAgent.start();
    await using proxy = await TcpProxy.start(agent.port);
    await using watched = new WatchedLists(
      await openConsul({ address: `127.0.0.1:${proxy.port}`, requestTimeoutMs: 500 }),
    );
    await using announcing = await openConsul({ address: agent.address });
    await using _first = await announcing.announce!(READER);
    await watched.until((members) => members.length === 1);
    proxy.faultFor = () => 'black-hole';
    proxy.cutAll();
    await using _second = await announcing.announce!({ ...READER, nodeId: 'reader-b' });
    proxy.faultFor = () => undefined;
    await watched.until((members) => members.length === 2);
  });

  test('with access control: a token with the documented rights is enough, less is refused', async () => {
    await using agent = await ConsulAgent.start({ managementToken: MANAGEMENT_TOKEN });
    const { address } = agent;
    const token = await agent.createToken('service "braid" { policy = "write" } node_prefix "" { policy = "read" }');
    await using discovery = await openConsul({ address, token });
    const handle = await discovery.announce!(READER);
    await using watched = new WatchedLists(discovery);
    expect(await watched.until((members) => members.length === 1)).toEqual([READER]);
    await handle[Symbol.asyncDispose]();
    await watched.until((members) => members.length === 0);
    const readOnly = await agent.createToken('service "braid" { policy = "read" }');
    for (const wrong of [{ token: readOnly }, {}, { token: '99999999-2222-3333-4444-555555555555' }]) {
      await using refused = await openConsul({ address, ...wrong });
      await expect(refused.announce!(READER)).rejects.toThrow(/consul refuses this node \(status 403\)/);
    }
  });

  describe.runIf(mayRunWith('openssl', missingOpenssl()))('with TLS', () => {
    test('certificates are verified on both sides, also under another name', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'braid-consul-tls-'));
      await using stack = new AsyncDisposableStack();
      stack.defer(() => rm(folder, { recursive: true }));
      const tls = await createCertificates(folder, 'right', 'DNS:agent.example');
      const foreign = await createCertificates(folder, 'foreign', 'DNS:agent.example');
      await using agent = await ConsulAgent.start({ certificates: { ...tls } });
      const { address } = agent;
      const serverName = 'agent.example';
      await using discovery = await openConsul({ address, tls, serverName });
      await using _handle = await discovery.announce!(READER);
      expect(await watchOnce(discovery, (members) => members.length === 1)).toEqual([READER]);
      const wrongs = [
        { tls: { ...tls, caFile: foreign.caFile }, serverName },
        { tls: { ...foreign, caFile: tls.caFile }, serverName },
        { tls, serverName: 'other.example' },
        { tls },
      ];
      for (const wrong of wrongs) {
        const log = new RecordedLog();
        await using refused = await openConsul({ address, ...wrong }, log);
        await using watched = new WatchedLists(refused);
        await vi.waitFor(() => expect(log.warnings.length).toBeGreaterThan(0), { timeout: 20_000 });
        expect(watched.count).toBe(0);
      }
    });
  });

  test('a namespace reaches the server, which says that it has none', async () => {
    await using agent = await ConsulAgent.start();
    await using discovery = await openConsul({ address: agent.address, namespace: 'team' });
    await expect(discovery.announce!(READER)).rejects.toThrow(/consul refuses this node \(status 400\).*amespace/);
  });

  test('a datacenter is asked for; one that is not there leaves the list as it is', async () => {
    await using agent = await ConsulAgent.start();
    await using here = await openConsul({ address: agent.address, datacenter: 'dc1' });
    await using _handle = await here.announce!(READER);
    expect(await watchOnce(here, (members) => members.length === 1)).toEqual([READER]);
    const log = new RecordedLog();
    await using watched = new WatchedLists(await openConsul({ address: agent.address, datacenter: 'elsewhere' }, log));
    await vi.waitFor(() => expect(log.warnings.length).toBeGreaterThan(0), { timeout: 20_000 });
    expect(watched.count).toBe(0);
  });
});

/** A server that answers blocking queries from a script; each entry is the index of an answer. Then it waits. */
async function scriptedConsul(script: readonly string[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const index = new URL(request.url!, 'http://x').searchParams.get('index')!;
    const answer = script[asked.length];
    asked.push(index);
    if (answer === undefined) return;
    response.setHeader('content-type', 'application/json');
    if (answer !== '') response.setHeader('x-consul-index', answer);
    const Service = { ID: `n${asked.length}`, Address: 'h', Port: asked.length, Tags: ['reader'] };
    response.end(JSON.stringify([{ Service }]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, address, [Symbol.dispose]: close };
}

test.each([
  [
    ['5', '9'],
    ['0', '5', '9'],
  ],
  // It went backwards: the next question starts anew.
  [
    ['5', '3', '4'],
    ['0', '5', '0', '4'],
  ],
  // 0 would not wait.
  [
    ['0', '7'],
    ['0', '1', '7'],
  ],
  // An answer without an index is no answer of Consul.
  [
    ['5', '', '6'],
    ['0', '5', '0', '6'],
  ],
])('after the indexes %j it has asked for %j', async (script, questions) => {
  using server = await scriptedConsul(script);
  await using discovery = await openConsul({ address: server.address });
  await using watched = new WatchedLists(discovery);
  await vi.waitFor(() => expect(server.asked).toEqual(questions), { timeout: 20_000 });
  expect(watched.lists.at(-1)).toMatchObject([{ nodeId: `n${script.length}` }]);
});

test.each([
  [{ address: 'http://a:1' }, /discovery\.with\.address/],
  [{ service: 'a b' }, /discovery\.with\.service/],
  [{ deregisterAfterMs: '10s' }, /discovery\.with\.deregisterAfterMs is 10000/],
])('%j is refused', async (options, message) => {
  await expect(openConsul(options)).rejects.toThrow(message);
});
