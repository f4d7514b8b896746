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
import { Mariadb, missingMariadb } from '../servers/mariadb.ts';
import { missingNginx, Nginx } from '../servers/nginx.ts';
import { missingRedis, RedisServer } from '../servers/redis.ts';
import { mayRunWith } from '../servers/required-server.ts';

const ROWS = 20;
const PATIENCE = { timeout: 60_000, interval: 100 };
const LIMIT_MS = 120_000;
const missing = missingNginx() ?? missingConsul() ?? missingMariadb() ?? missingRedis();

/** docker-compose.yml without Docker: its settings file, its nginx configuration, its kinds of servers, as processes of this machine. */
describe.runIf(mayRunWith('nginx, Consul, MariaDB and Redis', missing))('the cluster of docker-compose.yml', () => {
  const stack = new AsyncDisposableStack();
  const processes = new Processes();
  let routers: { readonly process: BraidProcess; readonly address: string }[];
  let nginx: Nginx;
  let client: MilvusClient;

  beforeAll(async () => {
    const [consul, mysql, redis] = await Promise.all([ConsulAgent.start(), Mariadb.start(), RedisServer.start()]);
    for (const server of [consul, mysql, redis]) stack.use(server);
    stack.use(processes);
    const settings = parse(readFileSync(join(HOME, 'docker/compose/braid.yaml'), 'utf8'));
    settings.discovery.with.address = consul.address;
    const { host, port, user, password } = mysql;
    Object.assign(settings.metadata.with, { host, port, user, password });
    settings.cache.with.url = redis.url;
    settings.storage.with.path = join(processes.folder, 'shared', 'storage');
    settings.log.with.path = join(processes.folder, 'shared', 'log');
    settings.tracing = { use: 'none' };
    const start = async (name: string, role: string, own: object = {}) => {
      const node = { id: name, port: await freePort() };
      return processes.start(name, role, { ...settings, dataFolder: join(processes.folder, name), node, ...own });
    };
    const startRouter = async (name: string) => {
      const router = { port: await freePort() };
      return { process: await start(name, 'router', { router }), address: `127.0.0.1:${router.port}` };
    };
    await start('writer', 'writer');
    await start('reader-1', 'reader');
    routers = [await startRouter('router-1'), await startRouter('router-2')];
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

  test('both routers are behind it, and one that is restarted is missed by nobody', { timeout: LIMIT_MS }, async () => {
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
