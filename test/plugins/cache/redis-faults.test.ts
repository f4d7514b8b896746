import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cache } from '../../../plugins/cache/cache.ts';
import { missingRedis, RedisServer } from '../../servers/redis.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { TcpProxy } from '../../servers/tcp-proxy.ts';
import { openBuiltin } from '../test-host.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const TIMEOUT_MS = 200;
/** What a wait that ends at TIMEOUT_MS may take on a machine that is busy. */
const TIMEOUT_MS_MAX = 1_000;
const CALLS = 200;
const runs = mayRunWith('Redis', missingRedis());

const open = (port: number, options: Record<string, unknown> = {}): Promise<Cache> =>
  openBuiltin('cache', 'redis', {
    url: `redis://127.0.0.1:${port}`,
    cluster: 'tested',
    timeoutMs: TIMEOUT_MS,
    ...options,
  });

async function get(cache: Cache, key = 'key'): Promise<string | undefined> {
  const value = await cache.get(key);
  return value === undefined ? undefined : Buffer.from(value).toString();
}

const set = (cache: Cache, value: string): Promise<void> => cache.set('key', Buffer.from(value), 60_000);

/** One call that meets the fault, then many: all are misses, and together they take no longer than the first may. */
async function expectLostOnce(cache: Cache): Promise<void> {
  const beganMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 10 }, () => get(cache)));
  for (let call = 0; call < CALLS; call++) answers.push(await get(cache));
  expect(answers.filter((answer) => answer !== undefined)).toEqual([]);
  expect(performance.now() - beganMs).toBeLessThan(TIMEOUT_MS_MAX);
}

const expectBack = (cache: Cache): Promise<void> =>
  expect
    .poll(async () => {
      await set(cache, 'back');
      return get(cache);
    }, PATIENCE)
    .toBe('back');

describe.runIf(runs)('a Redis that fails', () => {
  let server: RedisServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await TcpProxy.start(server.port);
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test('gone at the start: opened all the same, used when it comes', async () => {
    const late = await RedisServer.start();
    await late.kill();
    await using cache = await open(late.port);
    const heard: string[] = [];
    await using _listening = await cache.subscribe('news', (message) => heard.push(message));
    await set(cache, 'lost');
    expect(await get(cache)).toBeUndefined();
    await late.startAgain();
    await expectBack(cache);
    await expect
      .poll(async () => {
        await cache.publish('news', 'hello');
        return heard;
      }, PATIENCE)
      .toContain('hello');
    await late[Symbol.asyncDispose]();
  });

  test('killed: costs one wait, and is used again when it is back, by those who listen, too', async () => {
    const mortal = await RedisServer.start();
    await using cache = await open(mortal.port);
    const heard: string[] = [];
    await using _listening = await cache.subscribe('news', (message) => heard.push(message));
    await set(cache, 'one');
    await mortal.kill();
    await expectLostOnce(cache);
    await mortal.startAgain();
    await expectBack(cache);
    await expect
      .poll(async () => {
        await cache.publish('news', 'again');
        return heard;
      }, PATIENCE)
      .toContain('again');
    await mortal[Symbol.asyncDispose]();
  });

  test('stopped: costs one wait, and is used again when it goes on', async () => {
    await using cache = await open(server.port);
    await set(cache, 'one');
    server.signal('SIGSTOP');
    await expectLostOnce(cache);
    expect(cache.failureCount).toBeGreaterThan(0);
    server.signal('SIGCONT');
    await expectBack(cache);
  });

  test('silent: the machine has vanished and the connection stays', async () => {
    await using cache = await open(proxy.port);
    await set(cache, 'one');
    proxy.faultFor = () => 'swallow';
    await expectLostOnce(cache);
    proxy.faultFor = () => undefined;
    await expectBack(cache);
  });

  test.each(['cut-before', 'cut-after'] as const)('the connection breaks (%s)', async (fault) => {
    await using cache = await open(proxy.port);
    await set(cache, 'one');
    proxy.faultFor = (sent) => (/get/i.test(sent) ? fault : undefined);
    expect(await get(cache)).toBeUndefined();
    proxy.faultFor = () => undefined;
    await expectBack(cache);
  });

  test('slow: left alone after the first, and used again when it is fast', async () => {
    await using cache = await open(proxy.port);
    await set(cache, 'one');
    proxy.delayMs = 3 * TIMEOUT_MS;
    await expectLostOnce(cache);
    proxy.delayMs = 0;
    await expectBack(cache);
  });

  test('flushed: a miss', async () => {
    await using cache = await open(server.port);
    await set(cache, 'one');
    await server.command('FLUSHALL');
    expect(await get(cache)).toBeUndefined();
    await set(cache, 'two');
    expect(await get(cache)).toBe('two');
  });

  test('a key of another type: a miss, others are served, and it can be written again', async () => {
    await using cache = await open(server.port);
    await server.command('FLUSHALL');
    await server.command('LPUSH', 'braid:tested:key', 'x');
    expect(await get(cache)).toBeUndefined();
    expect(cache.failureCount).toBe(1);
    await cache.set('other', Buffer.from('y'), 60_000);
    expect(await get(cache, 'other')).toBe('y');
    await set(cache, 'one');
    expect(await get(cache)).toBe('one');
  });

  test('a replica that may not be written: reads go on', async () => {
    await using cache = await open(server.port);
    await set(cache, 'one');
    await server.command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    await server.command('REPLICAOF', '127.0.0.1', '1');
    await set(cache, 'two');
    expect(cache.failureCount).toBe(1);
    expect(await get(cache)).toBe('one');
    await server.command('REPLICAOF', 'NO', 'ONE');
    await expectBack(cache);
  });

  test('out of memory: writes are lost, reads go on', async () => {
    await using cache = await open(server.port);
    await set(cache, 'one');
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    await set(cache, 'two');
    expect(await get(cache)).toBe('one');
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await expectBack(cache);
  });
});
