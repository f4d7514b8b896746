import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type BraidProcess, freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { startCluster } from '../../examples/debian-packages/start-cluster.ts';
import { Mariadb, missingMariadb } from '../servers/mariadb.ts';
import { missingRedis, RedisServer } from '../servers/redis.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { createProvenCollection, impatientClient, must } from './proven-collection.ts';
import { provenRow } from './row-model.ts';

const COLLECTION = 'shared';
const ROWS = 200;
const STEPS = 400;
const PHASE_MS = 2_500;
const RESULT_CACHE_MS = 2_000;
const PATIENCE = { timeout: 30_000, interval: 100 };
/** What a search may wait on a machine where five processes and a test share two cores; what it waits for Redis is 25 ms of it, once. */
const SLOWEST_MS = 2_000;

/** Another router like the first. */
async function secondRouter(processes: Processes, like: BraidProcess, name: string, resultCacheMs = 0) {
  const port = await freePort();
  const { management: _, ...settings } = parse(readFileSync(like.configFile, 'utf8'));
  const router = await processes.start(name, 'router', {
    ...settings,
    dataFolder: `${settings.dataFolder}-${name}`,
    router: { port, resultCacheMs },
  });
  return { router, address: `127.0.0.1:${port}` };
}

async function nearestKey(client: MilvusClient, query: number): Promise<number> {
  const answer = await client.search({
    collection_name: COLLECTION,
    data: provenRow(query % ROWS, 1).vector,
    limit: 1,
    consistency_level: ConsistencyLevelEnum.Bounded,
  });
  must(answer.status);
  return Number(answer.results[0]?.['key'] ?? answer.results[0]?.id);
}

/** Searches without a pause through a router. */
class Searching implements AsyncDisposable {
  readonly faults: string[] = [];
  answered = 0;
  slowestMs = 0;
  readonly #work: Promise<void>;
  #isOver = false;

  constructor(client: MilvusClient) {
    this.#work = this.#search(client);
  }

  async #search(client: MilvusClient): Promise<void> {
    for (let query = 0; !this.#isOver; query++) {
      const beganMs = performance.now();
      try {
        const key = await nearestKey(client, query);
        if (key !== query % ROWS) this.faults.push(`${key} instead of ${query % ROWS}`);
        this.answered++;
      } catch (error) {
        this.faults.push((error as Error).message);
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - beganMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }
}

async function metric(router: BraidProcess, line: RegExp): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${router.managementPort}/metrics`)).text();
  return Number(line.exec(text)?.[1] ?? 0);
}

async function fill(client: MilvusClient): Promise<void> {
  const data = Array.from({ length: ROWS }, (_, key) => ({ ...provenRow(key, 1) }));
  must((await client.insert({ collection_name: COLLECTION, data })).status);
  must((await client.flushSync({ collection_names: [COLLECTION] })).status);
}

const hasRedis = mayRunWith('Redis', missingRedis());

describe.runIf(hasRedis)('routers that share a Redis', () => {
  test('two routers agree at once, and a Redis that dies, stops or forgets costs no search', async () => {
    await using redis = await RedisServer.start();
    await using processes = new Processes();
    const cache = { use: 'redis', with: { url: redis.url, cluster: 'e2e' } };
    const { address, router } = await startCluster(processes, { readerCount: 2, settings: { cache } });
    const second = await secondRouter(processes, router, 'router-2', RESULT_CACHE_MS);
    const [one, other] = [await impatientClient(address), await impatientClient(second.address)];
    await createProvenCollection(one, COLLECTION);
    expect((await other.hasCollection({ collection_name: COLLECTION })).value).toBe(true);
    await fill(one);
    await expect.poll(() => nearestKey(other, 7), PATIENCE).toBe(7);
    const [catalogKey] = (await redis.command('KEYS', 'braid:e2e:catalog-*')) as string[];
    expect(catalogKey).toBeDefined();

    await using searching = new Searching(other);
    await sleep(PHASE_MS);
    await redis.kill();
    await sleep(PHASE_MS);
    must(await one.createDatabase({ db_name: 'without_redis' }));
    await expect.poll(async () => (await other.listDatabases()).db_names, PATIENCE).toContain('without_redis');
    await redis.startAgain();
    await expect.poll(() => redis.command('PUBSUB', 'CHANNELS'), PATIENCE).toHaveLength(1);
    redis.signal('SIGSTOP');
    must(await one.createDatabase({ db_name: 'while_it_hangs' }));
    await expect.poll(async () => (await other.listDatabases()).db_names, PATIENCE).toContain('while_it_hangs');
    await sleep(PHASE_MS);
    redis.signal('SIGCONT');
    await redis.command('FLUSHALL');
    await redis.command('SET', catalogKey!, 'garbage');
    must(await one.createDatabase({ db_name: 'with_garbage' }));
    await expect.poll(async () => (await other.listDatabases()).db_names, PATIENCE).toContain('with_garbage');
    await sleep(PHASE_MS);
    await searching[Symbol.asyncDispose]();
    console.info(`${searching.answered} searches, slowest ${searching.slowestMs.toFixed(0)} ms`);
    expect(searching.faults.slice(0, 5)).toEqual([]);
    expect(searching.answered).toBeGreaterThan(50);
    expect(searching.slowestMs).toBeLessThan(SLOWEST_MS);
    expect(await metric(second.router, /^braid_cache_errors_total\S* (\d+)/m)).toBeGreaterThan(0);
    for (const client of [one, other]) await client.closeConnection();
  }, 180_000);

  test('kept answers are those of a router that keeps none, under random writes and deletes', async () => {
    await using redis = await RedisServer.start();
    await using processes = new Processes();
    const cache = { use: 'redis', with: { url: redis.url, cluster: 'e2e' } };
    const { address, router } = await startCluster(processes, { readerCount: 2, settings: { cache } });
    const second = await secondRouter(processes, router, 'router-2', 60_000);
    const [plain, keeping] = [await impatientClient(address), await impatientClient(second.address)];
    await createProvenCollection(plain, COLLECTION);
    await fill(plain);
    let next = ROWS;
    for (let step = 0; step < STEPS; step++) {
      const client = step % 2 === 0 ? plain : keeping;
      const key = Math.floor(Math.random() * next);
      const kind = Math.random();
      if (kind < 0.1)
        must((await client.insert({ collection_name: COLLECTION, data: [{ ...provenRow(next++, 1) }] })).status);
      else if (kind < 0.2) must((await client.delete({ collection_name: COLLECTION, filter: `key == ${key}` })).status);
      else if (kind < 0.3)
        must((await client.upsert({ collection_name: COLLECTION, data: [{ ...provenRow(key, step) }] })).status);
      else if (kind < 0.32) must((await client.flushSync({ collection_names: [COLLECTION] })).status);
      else {
        const [right, kept] = await Promise.all([strongHits(plain, step), strongHits(keeping, step)]);
        expect(kept).toEqual(right);
      }
      if (step === STEPS / 2) await redis.command('FLUSHALL');
    }
    expect(await metric(second.router, /^braid_router_result_cache_total{outcome="hit"\S* (\d+)/m)).toBeGreaterThan(10);
    for (const client of [plain, keeping]) await client.closeConnection();
  }, 180_000);
});

/** The nearest rows to one of few vectors, so that questions come again. */
async function strongHits(client: MilvusClient, query: number): Promise<unknown> {
  const answer = await client.search({
    collection_name: COLLECTION,
    data: provenRow(query % 3, 1).vector,
    limit: 10,
    output_fields: ['key', 'version', 'proof'],
    consistency_level: ConsistencyLevelEnum.Strong,
  });
  must(answer.status);
  return answer.results;
}

describe.runIf(hasRedis && mayRunWith('mariadb', missingMariadb()))('routers without MySQL', () => {
  test('a router that starts while MySQL is away begins with what Redis has, and goes on with MySQL', async () => {
    await using redis = await RedisServer.start();
    await using mysql = await Mariadb.start();
    await using processes = new Processes();
    const { host, port, user, password } = mysql;
    const { address, router } = await startCluster(processes, {
      readerCount: 2,
      metadata: { use: 'mysql', with: { host, port, user, password, database: 'braid' } },
      settings: { cache: { use: 'redis', with: { url: redis.url, cluster: 'e2e' } }, writer: { leaseTtlMs: 600_000 } },
    });
    const one = await impatientClient(address);
    await createProvenCollection(one, COLLECTION);
    await fill(one);
    await expect.poll(() => nearestKey(one, 7), PATIENCE).toBe(7);
    await mysql.kill();
    const late = await secondRouter(processes, router, 'late');
    const other = await impatientClient(late.address);
    for (let query = 0; query < 20; query++) expect(await nearestKey(other, query)).toBe(query);
    expect(readFileSync(processes.logOf('late'), 'utf8')).toContain('the catalog is taken from the shared cache');
    await mysql.startAgain();
    const made = () =>
      other.createDatabase({ db_name: 'later' }).then(
        (status) => status.error_code,
        (error: Error) => error.message,
      );
    await expect.poll(made, PATIENCE).toBe('Success');
    const listed = () =>
      other.listDatabases().then(
        ({ db_names }) => db_names,
        (error: Error) => [error.message],
      );
    await expect.poll(listed, PATIENCE).toContain('later');
    for (const client of [one, other]) await client.closeConnection();
  }, 180_000);
});
