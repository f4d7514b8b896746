import { afterEach, beforeEach, expect, test } from 'vitest';
import plugin from '../index.js';
import { ListServer } from './list-server.js';

let server;
let discovery;
let warnings;

beforeEach(async () => {
  server = await ListServer.start();
  warnings = [];
});

afterEach(async () => {
  await discovery[Symbol.asyncDispose]();
  await server.stop();
});

async function open(options = {}) {
  const logger = { debug() {}, info() {}, warn: (_, message) => warnings.push(message), error() {} };
  const host = { logger, dataFolder: '/nowhere', configFolder: '/nowhere', signal: new AbortController().signal };
  discovery = await plugin.open({ url: server.url, intervalMs: 50, timeoutMs: 2_000, ...options }, host);
}

async function first() {
  for await (const list of discovery.watch(AbortSignal.timeout(5_000))) return list;
}

test('members have what the file says of them', async () => {
  const writer = { nodeId: 'w', address: '10.0.0.1:19540', roles: ['writer'] };
  const reader = { address: '10.0.0.2:19540', zone: 'west', weight: 2, labels: { disk: 'nvme' } };
  server.json = [writer, reader];
  await open();
  expect(await first()).toEqual([writer, { ...reader, nodeId: reader.address, roles: ['reader'] }]);
});

test('an unchanged list is not sent again', async () => {
  await open({ token: 'secret' });
  await expect.poll(() => server.requests.length).toBeGreaterThan(3);
  expect(server.requests.map(({ status }) => status).slice(0, 3)).toEqual([200, 304, 304]);
  expect(server.requests[0].authorization).toBe('Bearer secret');
});

test('what is no member is left out', async () => {
  server.json = { members: [{ address: 'nonsense' }, 7, null, { address: 'a:1' }, { address: 'a:1' }] };
  await open();
  expect((await first()).map(({ address }) => address)).toEqual(['a:1']);
  expect(warnings).toHaveLength(4);
});

test.each(['<html>', '{"members": 7}', ''])('%j is no list: the last one stays', async (text) => {
  server.json = [{ address: 'a:1' }];
  await open();
  server.json = text;
  await expect.poll(() => warnings.length).toBe(1);
  expect((await first()).map(({ address }) => address)).toEqual(['a:1']);
});
