import { join } from 'node:path';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connected } from '../e2e/deployments.ts';
import { createProvenCollection, must } from '../e2e/proven-collection.ts';
import { provenRow } from '../e2e/row-model.ts';
import { HOME } from '../house/sources.ts';
import { braidServices, type ComposeService, composeServices } from './compose-file.ts';
import { Containers, imageToTest } from './podman.ts';
import { healthCommand, serviceArguments } from './service-container.ts';

const PATIENCE = { timeout: 120_000, interval: 500 };
const LIMIT_MS = 600_000;
const COLLECTION = 'books';
const ROWS = 20;
const LOG_TAIL_CHARACTERS = 2_000;
const PRINT_HEALTH = "fetch('http://127.0.0.1:9091/healthz').then((answer) => console.log(String(answer.status)))";
/** Service -> its ports that the test asks. */
const ASKED: Readonly<Record<string, readonly number[]>> = { nginx: [19_530], prometheus: [9090], jaeger: [16_686] };

const image = imageToTest();

/** docker-compose.yml in containers of Braid's image: its commands, variables, volumes, health checks and names; all but Grafana. */
describe.skipIf(image === '')('the containers of docker-compose.yml', () => {
  const containers = new Containers();
  let services: Readonly<Record<string, ComposeService>>;
  let client: MilvusClient;

  beforeAll(async () => {
    services = composeServices(join(HOME, 'docker-compose.yml'));
    const network = await containers.createNetwork();
    const start = (name: string) => {
      const ports = ASKED[name] ?? [];
      return containers.run(name, ...serviceArguments(name, services[name]!, { containers, network, image, ports }));
    };
    for (const name of ['shared-folder', 'mysql', 'consul', 'redis', 'jaeger']) await start(name);
    for (const name of ['mysql', 'consul']) await healthy(name);
    const braid = braidServices(services).map(([name]) => name);
    for (const name of braid) await start(name);
    for (const name of braid) await healthy(name);
    for (const name of ['nginx', 'alertmanager', 'prometheus']) await start(name);
    client = await connected(await containers.publishedAt('nginx', 19_530));
  }, LIMIT_MS);

  afterAll(async () => {
    await client?.closeConnection();
    await containers[Symbol.asyncDispose]();
  }, LIMIT_MS);

  /** By the health check of docker-compose.yml, else of the image. */
  async function healthy(name: string): Promise<void> {
    const command = healthCommand(services[name]!);
    const look = async () => {
      if (command.length > 0) await containers.exec(name, ...command);
      else if (!(await containers.isHealthy(name))) throw new Error(`${name} is not healthy: ${await tail(name)}`);
    };
    await vi.waitFor(look, PATIENCE);
  }

  async function tail(name: string): Promise<string> {
    return (await containers.log(name)).slice(-LOG_TAIL_CHARACTERS);
  }

  async function insert(keys: readonly number[]): Promise<void> {
    const data = keys.map((key) => ({ ...provenRow(key, 1) }));
    must((await client.insert({ collection_name: COLLECTION, data })).status);
  }

  async function nearestKey(key: number): Promise<number> {
    const { vector } = provenRow(key, 1);
    const answer = await client.search({
      collection_name: COLLECTION,
      data: vector,
      limit: 1,
      output_fields: ['key'],
      consistency_level: ConsistencyLevelEnum.Strong,
    });
    must(answer.status);
    return Number(answer.results[0]?.['key']);
  }

  async function get<Answer>(service: string, path: string): Promise<Answer> {
    const address = await containers.publishedAt(service, ASKED[service]![0]!);
    return (await (await fetch(`http://${address}${path}`)).json()) as Answer;
  }

  test('gRPC and REST through nginx', { timeout: LIMIT_MS }, async () => {
    await createProvenCollection(client, COLLECTION);
    await insert(Array.from({ length: ROWS }, (_, key) => key));
    await client.flushSync({ collection_names: [COLLECTION] });
    expect(await nearestKey(3)).toBe(3);
    const answer = await fetch(`http://${await containers.publishedAt('nginx', 19_530)}/v2/vectordb/entities/query`, {
      method: 'POST',
      body: JSON.stringify({ collectionName: COLLECTION, filter: 'key == 5', outputFields: ['key'] }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await answer.json()).toMatchObject({ code: 0, data: [{ key: 5 }] });
  });

  test('Prometheus reads every process and knows the Alertmanager, Jaeger has traces', {
    timeout: LIMIT_MS,
  }, async () => {
    type Targets = { data: { activeTargets: { health: string; lastError: string }[] } };
    type Alertmanagers = { data: { activeAlertmanagers: { url: string }[] } };
    await vi.waitFor(async () => {
      const { data } = await get<Targets>('prometheus', '/api/v1/targets');
      expect(data.activeTargets.map(({ health, lastError }) => health + lastError)).toEqual(
        braidServices(services).map(() => 'up'),
      );
    }, PATIENCE);
    const { data } = await get<Alertmanagers>('prometheus', '/api/v1/alertmanagers');
    expect(data.activeAlertmanagers).toHaveLength(1);
    await vi.waitFor(async () => {
      const { data: names } = await get<{ data: string[] | null }>('jaeger', '/api/services');
      expect(names).toEqual(expect.arrayContaining(['braid-router', 'braid-writer', 'braid-reader']));
    }, PATIENCE);
  });

  test('the writer that stands by takes over, a router is not missed', { timeout: LIMIT_MS }, async () => {
    const leads = await containers.exec('writer', 'node', '-e', PRINT_HEALTH);
    expect(await containers.stop(leads === '200' ? 'writer' : 'writer-standby')).toBe(0);
    expect(await containers.stop('router-1')).toBe(0);
    await vi.waitFor(() => insert([ROWS + 1]), PATIENCE);
    expect(await nearestKey(ROWS + 1)).toBe(ROWS + 1);
    expect(await nearestKey(4)).toBe(4);
  });

  test('every process ends at SIGTERM, in time', { timeout: LIMIT_MS }, async () => {
    for (const [name] of braidServices(services)) expect([name, await containers.stop(name)]).toEqual([name, 0]);
  });
});
