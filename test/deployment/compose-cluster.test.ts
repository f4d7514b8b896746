import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConsistencyLevelEnum, DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { type BraidProcess, Processes } from '../../examples/debian-packages/processes.ts';
import { connected } from '../e2e/deployments.ts';
import { must } from '../e2e/proven-collection.ts';
import { HOME } from '../house/sources.ts';
import { ConsulAgent, missingConsul } from '../servers/consul.ts';
import { freePort } from '../servers/free-port.ts';
import { Jaeger, missingJaeger } from '../servers/jaeger.ts';
import { Mariadb, missingMariadb } from '../servers/mariadb.ts';
import { missingNginx, Nginx } from '../servers/nginx.ts';
import { missingPrometheus, Prometheus } from '../servers/prometheus.ts';
import { missingRedis, RedisServer } from '../servers/redis.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { adapterQuery, adapterRules } from './adapter-rules.ts';

const ROWS = 20;
const PATIENCE = { timeout: 120_000, interval: 100 };
const LIMIT_MS = 240_000;
const missing =
  missingNginx() ?? missingConsul() ?? missingMariadb() ?? missingRedis() ?? missingJaeger() ?? missingPrometheus();

/** docker-compose.yml without Docker: its settings file, its nginx configuration, its kinds of servers, as processes of this machine. */
describe.runIf(mayRunWith('the servers of compose', missing))('the cluster of docker-compose.yml', () => {
  const stack = new AsyncDisposableStack();
  const processes = new Processes();
  let routers: { readonly process: BraidProcess; readonly address: string }[];
  let writer: BraidProcess;
  let nginx: Nginx;
  let jaeger: Jaeger;
  let prometheus: Prometheus;
  let client: MilvusClient;

  beforeAll(async () => {
    const [consul, mysql, redis] = await Promise.all([ConsulAgent.start(), Mariadb.start(), RedisServer.start()]);
    jaeger = await Jaeger.start();
    for (const server of [consul, mysql, redis, jaeger]) stack.use(server);
    stack.use(processes);
    const settings = parse(readFileSync(join(HOME, 'docker/compose/braid.yaml'), 'utf8'));
    settings.discovery.with.address = consul.address;
    const { host, port, user, password } = mysql;
    Object.assign(settings.metadata.with, { host, port, user, password });
    settings.cache.with.url = redis.url;
    settings.storage.with.path = join(processes.folder, 'shared', 'storage');
    settings.log.with.path = join(processes.folder, 'shared', 'log');
    settings.tracing.with.endpoint = jaeger.otlpGrpc;
    const own = async (name: string) => ({
      ...settings,
      dataFolder: join(processes.folder, name),
      node: { id: name, port: await freePort() },
    });
    const startRouter = async (name: string) => {
      const router = { port: await freePort() };
      const process = await processes.start(name, 'router', { ...(await own(name)), router });
      return { process, address: `127.0.0.1:${router.port}` };
    };
    writer = await processes.start('writer', 'writer', await own('writer'));
    await processes.launch('writer-standby', 'writer', await own('writer-standby'));
    const names = ['reader-1', 'reader-2', 'reader-3'];
    await Promise.all(names.map(async (name) => processes.start(name, 'reader', await own(name))));
    routers = await Promise.all(['router-1', 'router-2'].map(startRouter));
    const targets = processes.started.map(({ managementPort }) => `127.0.0.1:${managementPort}`);
    prometheus = stack.use(await Prometheus.start(targets));
    nginx = stack.use(
      await Nginx.start(join(HOME, 'docker/nginx/nginx.conf'), {
        'router-1:19530': routers[0]!.address,
        'router-2:19530': routers[1]!.address,
      }),
    );
    client = await connected(nginx.address);
    stack.defer(async () => void (await client.closeConnection()));
  }, LIMIT_MS);

  afterAll(() => stack.disposeAsync(), LIMIT_MS);

  async function rest(path: string, body: object): Promise<{ code: number; data: unknown }> {
    const sent = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', connection: 'close' },
    };
    const answer = await fetch(`http://${nginx.address}/v2/vectordb/${path}`, sent);
    return (await answer.json()) as { code: number; data: unknown };
  }

  test('gRPC and REST through nginx, on one port', { timeout: LIMIT_MS }, async () => {
    must(
      await client.createCollection({
        collection_name: 'books',
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'vector', data_type: DataType.FloatVector, dim: 4 },
        ],
        index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' }],
      }),
    );
    must(await client.loadCollectionSync({ collection_name: 'books' }));
    const data = Array.from({ length: ROWS }, (_, id) => ({ id, vector: [id, 0, 0, 1] }));
    must((await client.insert({ collection_name: 'books', data })).status);
    await client.flushSync({ collection_names: ['books'] });
    const found = await client.search({
      collection_name: 'books',
      data: [[7, 0, 0, 1]],
      limit: 1,
      consistency_level: ConsistencyLevelEnum.Strong,
    });
    expect(found.results.map((hit) => Number(hit['id']))).toEqual([7]);
    const answer = await rest('entities/search', {
      collectionName: 'books',
      data: [[3, 0, 0, 1]],
      limit: 1,
      consistencyLevel: 'Strong',
    });
    expect(answer).toMatchObject({ code: 0, data: [{ id: 3 }] });
  });

  test('Jaeger has the search, Prometheus every process and what autoscalers ask for', {
    timeout: LIMIT_MS,
  }, async () => {
    await vi.waitFor(async () => expect(await jaeger.traces('braid-router', 'search')).not.toHaveLength(0), PATIENCE);
    await vi.waitFor(async () => expect(await prometheus.query('up == 1')).toHaveLength(7), PATIENCE);
    for (const rule of await adapterRules())
      await vi.waitFor(async () => {
        const samples = await prometheus.query(adapterQuery(rule, 'job="braid"', 'instance'));
        expect(samples.length, rule.name.as).toBeGreaterThan(0);
      }, PATIENCE);
  });

  test('the writer that stands by takes over', { timeout: LIMIT_MS }, async () => {
    await processes.stop(writer);
    await vi.waitFor(async () => {
      const row = { collectionName: 'books', data: [{ id: ROWS, vector: [ROWS, 0, 0, 1] }] };
      expect(await rest('entities/insert', row)).toMatchObject({ code: 0 });
    }, PATIENCE);
  });

  test('both routers are behind it, and one that is restarted is missed by nobody', {
    timeout: LIMIT_MS,
  }, async () => {
    for (const { process } of routers) {
      await processes.stop(process);
      expect(await rest('collections/list', {})).toMatchObject({ code: 0, data: ['books'] });
      const fresh = await connected(nginx.address);
      expect(await fresh.listCollections()).toMatchObject({ data: [{ name: 'books' }] });
      await fresh.closeConnection();
      await processes.revive(process);
      await vi.waitFor(async () => {
        await rest('collections/list', {});
        expect(await answeredBy(process)).toBeGreaterThan(0);
      }, PATIENCE);
    }
  });
});

/** Requests that this router has answered since it started. */
async function answeredBy({ managementPort }: BraidProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
  return Number(/^milvus_proxy_req_count\{.*status="success".*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
