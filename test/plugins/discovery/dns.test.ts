import { expect, test, vi } from 'vitest';
import type { Discovery } from '../../../plugins/discovery/discovery.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import { discoveryContract, firstList, RecordedLog, WatchedLists } from '../../contract/discovery-contract.ts';
import { type DnsRecord, DnsServer } from '../../servers/dns-server.ts';
import { silentHost } from '../test-host.ts';

/** Short times for tests; records live for one second. */
function openDns(options: object, logger: PluginLogger = new RecordedLog()): Promise<Discovery> {
  const choice = { use: 'dns', with: { ttlMsMin: 100, srvTtlMs: 200, requestTimeoutMs: 300, ...options } };
  return openPlugin('discovery', choice, { ...silentHost(), logger });
}

const addresses = (...list: string[]): DnsRecord[] => list.map((address) => ({ address, ttl: 1 }));
const reader = (address: string) => ({ nodeId: address, address, roles: ['reader'] });

discoveryContract('the discovery in the DNS', async () => {
  const server = await DnsServer.start();
  server.zone = { 'A writer.test': addresses('10.0.0.100') };
  return {
    open: (logger) =>
      openDns({ servers: [server.address], writer: 'writer.test:1', readers: ['_a._tcp.test'] }, logger),
    show: async (list) => {
      const targets = list.map((address) => {
        const [host, port] = address.split(':');
        return { host: host!, port: Number(port), name: host!.replaceAll('.', '-') };
      });
      server.zone = {
        'SRV _a._tcp.test': targets.map(({ name, port }) => ({ ttl: 1, target: name, port })),
        ...Object.fromEntries(targets.map(({ host, name }) => [`A ${name}`, addresses(host)])),
      };
    },
    stop: () => server.stop(),
    start: () => server.startAgain(),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});

test('every address of a name is a node with the role of the name', async () => {
  await using server = await DnsServer.start();
  server.zone = {
    'A writer.test': addresses('10.0.0.1'),
    'A readers.test': addresses('10.0.0.3', '10.0.0.2'),
    // Nodes with both kinds of addresses are not there twice.
    'AAAA readers.test': addresses('fd00::2', 'fd00::3'),
    'AAAA six.test': addresses('fd00::6'),
  };
  const names = { writer: 'writer.test:7', readers: ['readers.test:8', 'six.test:9'] };
  await using discovery = await openDns({ servers: [server.address], ...names });
  expect(await firstList(discovery)).toEqual([
    { nodeId: '10.0.0.1:7', address: '10.0.0.1:7', roles: ['writer'] },
    reader('10.0.0.2:8'),
    reader('10.0.0.3:8'),
    reader('[fd00::6]:9'),
  ]);
});

test('the target of an SRV record is the id of a node, whatever its address becomes', async () => {
  await using server = await DnsServer.start();
  server.zone = {
    'SRV _braid._tcp.readers.test': [
      { ttl: 1, target: 'reader-0', port: 7 },
      { ttl: 1, target: 'reader-1', port: 7 },
      { ttl: 1, target: 'not-there', port: 7 },
    ],
    'A reader-0': addresses('10.0.0.1'),
    'A reader-1': addresses('10.0.0.2'),
  };
  await using discovery = await openDns({ servers: [server.address], readers: ['_braid._tcp.readers.test'] });
  await using watched = new WatchedLists(discovery);
  expect(await watched.until((members) => members.length === 2)).toEqual([
    { nodeId: 'reader-0:7', address: '10.0.0.1:7', roles: ['reader'] },
    { nodeId: 'reader-1:7', address: '10.0.0.2:7', roles: ['reader'] },
  ]);
  server.zone['A reader-0'] = addresses('10.0.0.9');
  const moved = await watched.until((members) => members.some((member) => member.address === '10.0.0.9:7'));
  expect(moved.map((member) => member.nodeId)).toEqual(['reader-0:7', 'reader-1:7']);
});

test.each([['SERVFAIL'], ['silence'], ['NXDOMAIN'], ['no records']] as const)(
  '%s keeps the last list',
  async (fault) => {
    await using server = await DnsServer.start();
    server.zone = { 'A readers.test': addresses('10.0.0.1', '10.0.0.2') };
    const log = new RecordedLog();
    await using discovery = await openDns({ servers: [server.address], readers: ['readers.test:1'] }, log);
    await using watched = new WatchedLists(discovery);
    await watched.until((members) => members.length === 2);
    if (fault === 'NXDOMAIN') server.zone = {};
    else server.zone = { 'A readers.test': fault === 'no records' ? [] : fault };
    await vi.waitFor(() => expect(log.warnings.length).toBe(1), { timeout: 20_000 });
    const asked = server.asked.get('A readers.test')!;
    await vi.waitFor(() => expect(server.asked.get('A readers.test')).toBeGreaterThan(asked), { timeout: 20_000 });
    expect(watched.count).toBe(1);
    expect(log.warnings.length).toBe(1);
    server.zone = { 'A readers.test': addresses('10.0.0.3') };
    await watched.until((members) => members.length === 1 && members[0]!.address === '10.0.0.3:1');
  },
);

test('one name without an answer does not hold up the others', async () => {
  await using server = await DnsServer.start();
  server.zone = { 'A readers.test': addresses('10.0.0.1'), 'A writer.test': 'SERVFAIL' };
  const names = { writer: 'writer.test:1', readers: ['readers.test:1'] };
  await using discovery = await openDns({ servers: [server.address], ...names });
  await using watched = new WatchedLists(discovery);
  expect(await watched.until(() => true)).toEqual([reader('10.0.0.1:1')]);
  server.zone['A writer.test'] = addresses('10.0.0.2');
  await watched.until((members) => members.length === 2);
});

test('an answer is used until its time to live is over, within bounds', async () => {
  await using server = await DnsServer.start();
  server.zone = {
    'A long.test': [{ ttl: 3600, address: '10.0.0.1' }],
    'A bounded.test': [{ ttl: 3600, address: '10.0.0.2' }],
  };
  const { address } = server;
  await using long = await openDns({ servers: [address], readers: ['long.test:1'], ttlMsMax: '1h' });
  await using bounded = await openDns({ servers: [address], readers: ['bounded.test:1'], ttlMsMax: 100 });
  await using _one = new WatchedLists(long);
  await using _other = new WatchedLists(bounded);
  await vi.waitFor(() => expect(server.asked.get('A bounded.test')).toBeGreaterThan(4), { timeout: 20_000 });
  expect(server.asked.get('A long.test')).toBe(1);
});

test('200 nodes of one name come over TCP', async () => {
  await using server = await DnsServer.start();
  server.zone = { 'A readers.test': addresses(...Array.from({ length: 200 }, (_, i) => `10.0.1.${i}`)) };
  await using discovery = await openDns({ servers: [server.address], readers: ['readers.test:1'] });
  await using watched = new WatchedLists(discovery);
  expect((await watched.until(() => true)).length).toBe(200);
  server.zone = { 'A readers.test': addresses(...Array.from({ length: 199 }, (_, i) => `10.0.1.${i}`)) };
  await watched.until((members) => members.length === 199);
});

test('a server that answers on the second try is enough', async () => {
  await using silent = await DnsServer.start();
  await using server = await DnsServer.start();
  silent.zone = { 'A readers.test': 'silence' };
  server.zone = { 'A readers.test': addresses('10.0.0.1') };
  await using discovery = await openDns({ servers: [silent.address, server.address], readers: ['readers.test:1'] });
  expect(await firstList(discovery)).toEqual([reader('10.0.0.1:1')]);
});

test.each([
  [{ writer: 'http://a' }, /discovery\.with\.writer/],
  [{ readers: ['a:b'] }, /discovery\.with\.readers\[0\]/],
  [{ servers: ['dns.example'] }, /discovery\.with\.servers\[0\]/],
])('%j is refused', async (options, message) => {
  await expect(openDns(options)).rejects.toThrow(message);
});
