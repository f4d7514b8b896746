import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cache } from '../../../plugins/cache/cache.ts';
import { cacheContract } from '../../contract/cache-contract.ts';
import { createCertificates } from '../../servers/certificates.ts';
import { freePort } from '../../servers/free-port.ts';
import { missingRedis, RedisServer } from '../../servers/redis.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { openBuiltin } from '../test-host.ts';

const PATIENCE = { timeout: 20_000 };
const runs = mayRunWith('Redis', missingRedis());

const open = (server: RedisServer, options: Record<string, unknown> = {}): Promise<Cache> =>
  openBuiltin('cache', 'redis', { url: server.url, cluster: 'tested', timeoutMs: 2_000, ...options });

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe.runIf(runs)('redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  cacheContract('the redis cache', async () => {
    await server.command('FLUSHALL');
    return { open: () => open(server), [Symbol.asyncDispose]: async () => {} };
  });

  test('two clusters on one Redis never mix', async () => {
    await using one = await open(server, { cluster: 'one' });
    await using two = await open(server, { cluster: 'two' });
    const heard: string[] = [];
    await using _two = await two.subscribe('news', (message) => heard.push(`two ${message}`));
    await using _one = await one.subscribe('news', (message) => heard.push(`one ${message}`));
    await one.set('key', Buffer.from('of one'), 60_000);
    await one.publish('news', 'hello');
    expect(await two.get('key')).toBeUndefined();
    await expect.poll(() => heard, PATIENCE).toEqual(['one hello']);
    expect(await server.command('KEYS', '*one*')).toEqual(['braid:one:key']);
  });

  test('the cluster must be named, and addresses must be URLs of Redis', async () => {
    await expect(openBuiltin('cache', 'redis', {})).rejects.toThrow(/cache\.with\.cluster/);
    await expect(open(server, { url: 'http://127.0.0.1' })).rejects.toThrow(/cache\.with\.url/);
    await expect(open(server, { sentinels: ['a:1'], nodes: ['b:2'] })).rejects.toThrow(/either sentinels or nodes/);
    await expect(open(server, { tls: { caFile: '/nowhere.pem' } })).rejects.toThrow(/\/nowhere\.pem cannot be read/);
  });
});

describe.runIf(runs)('other kinds of Redis', () => {
  test('with a user, a password and TLS', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'braid-redis-tls-'));
    const { caFile, certFile, keyFile } = await createCertificates(folder, 'redis', 'IP:127.0.0.1');
    const tls = ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', caFile];
    await using plain = await RedisServer.start([...tls, '--tls-auth-clients', 'no', '--tls-port', '0']);
    const tlsPort = await freePort();
    await plain.command('CONFIG', 'SET', 'tls-port', String(tlsPort));
    await plain.command('ACL', 'SETUSER', 'braid', 'on', '>secret', '~braid:*', '&braid:*', '+@all');
    const url = `rediss://127.0.0.1:${tlsPort}`;
    const options = { url, username: 'braid', password: 'secret', tls: { caFile } };
    await using cache = await open(plain, options);
    await cache.set('key', Buffer.from('value'), 60_000);
    expect(text(await cache.get('key'))).toBe('value');
    await using stranger = await open(plain, { ...options, password: 'wrong' });
    expect(await stranger.get('key')).toBeUndefined();
    await rm(folder, { recursive: true });
  });

  test('a Redis Cluster', async () => {
    await using server = await RedisServer.start(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(() => server.command('CLUSTER', 'INFO'), PATIENCE).toContain('cluster_state:ok');
    await using cache = await open(server, { nodes: [`127.0.0.1:${server.port}`] });
    const heard: string[] = [];
    await using _listening = await cache.subscribe('news', (message) => heard.push(message));
    await cache.set('key', Buffer.from('value'), 60_000);
    expect(text(await cache.get('key'))).toBe('value');
    await expect
      .poll(async () => {
        await cache.publish('news', 'hello');
        return heard;
      }, PATIENCE)
      .toContain('hello');
  });

  test('the master that a sentinel names', async () => {
    await using master = await RedisServer.start();
    await using sentinel = await RedisServer.startSentinel(master.port);
    await using cache = await open(master, {
      url: 'redis://nowhere.invalid:1',
      sentinels: [`127.0.0.1:${sentinel.port}`],
      sentinelName: 'braids',
    });
    await cache.set('key', Buffer.from('value'), 60_000);
    expect(await master.command('GET', 'braid:tested:key')).toBe('value');
  });
});
