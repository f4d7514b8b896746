import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { connected } from './deployments.ts';

const DIM = 4;
const ROWS = 600;
const FLUSHES = 6;
const TOP = 5;
const COLLECTION = 'moving';
const DEFAULT = '__default_resource_group';
const ONLINE = 'online';
const SETTLE_MS = 60_000;
const closed = { requests: { node_num: 0 }, limits: { node_num: 0 } };

/** A cluster of four readers, of which two have the label `disk: fast`. FLAT data: every answer is compared with exact search. */
let processes: Processes;
let client: MilvusClient;
let managementPort: number;

const row = (id: number) => ({ id, vector: Array.from({ length: DIM }, (_, i) => Math.sin(id * (i + 1))) });
const rows = Array.from({ length: ROWS }, (_, id) => row(id));

beforeAll(async () => {
  processes = new Processes();
  const { folder } = processes;
  const [api, writer, ...readers] = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const members = readers.map((port, i) => ({
    address: `127.0.0.1:${port}`,
    labels: { disk: i < 2 ? 'fast' : 'slow' },
  }));
  const shared = {
    discovery: { use: 'static', with: { writer: `127.0.0.1:${writer}`, readers: members } },
    routing: { use: 'consistent-hash', with: { splitBytes: 0 } },
    metadata: { use: 'sqlite', with: { path: join(folder, 'metadata.sqlite') } },
    storage: { use: 'local', with: { path: join(folder, 'storage') } },
    writer: { compactionEnabled: false },
  };
  const start = (name: string, role: string, settings: object) =>
    processes.start(name, role, { ...shared, dataFolder: join(folder, name), ...settings });
  await start('writer', 'writer', { node: { port: writer } });
  await Promise.all(
    readers.map((port, i) => start(`reader-${i}`, 'reader', { node: { id: `127.0.0.1:${port}`, port } })),
  );
  ({ managementPort } = await start('router', 'router', { router: { port: api } }));
  client = await connected(`127.0.0.1:${api}`);
  await fill();
}, 120_000);

afterAll(async () => {
  await client?.closeConnection();
  await processes[Symbol.asyncDispose]();
});

async function fill(): Promise<void> {
  await client.createCollection({
    collection_name: COLLECTION,
    consistency_level: 'Strong' as never,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
    ],
  });
  await client.createIndex({
    collection_name: COLLECTION,
    field_name: 'vector',
    index_type: 'FLAT',
    metric_type: 'L2',
  });
  await client.loadCollectionSync({ collection_name: COLLECTION });
  for (let part = 0; part < FLUSHES; part++) {
    const from = (part * ROWS) / FLUSHES;
    await client.insert({ collection_name: COLLECTION, data: rows.slice(from, from + ROWS / FLUSHES) });
    await client.flushSync({ collection_names: [COLLECTION] });
  }
}

/** Searches one after another until `change` is done; each must succeed and be exact. Resolves to how many there were. */
async function underSearch(change: () => Promise<void>): Promise<number> {
  let isOver = false;
  let searches = 0;
  const loop = (async () => {
    while (!isOver) {
      const query = row(searches * 0.37).vector;
      const answer = await client.search({
        collection_name: COLLECTION,
        data: [query],
        limit: TOP,
        consistency_level: 'Strong' as never,
      });
      expect(answer.status).toMatchObject({ code: 0 });
      expect(answer.results.map(({ id }) => Number(id))).toEqual(exact(query));
      searches++;
      await nextTurn();
    }
  })();
  try {
    await Promise.race([change(), loop]);
  } finally {
    isOver = true;
  }
  await loop;
  return searches;
}

function exact(query: readonly number[]): number[] {
  const distance = (vector: readonly number[]) =>
    vector.reduce((sum, x, i) => sum + (Math.fround(x) - Math.fround(query[i]!)) ** 2, 0);
  return [...rows]
    .sort((left, right) => distance(left.vector) - distance(right.vector))
    .slice(0, TOP)
    .map(({ id }) => id);
}

async function settle(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('the cluster does not come to rest');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function replicas() {
  const { collectionID } = await client.describeCollection({ collection_name: COLLECTION });
  return (await client.getReplicas({ collectionID } as never)).replicas;
}

/** Numbers of the nodes that hold each segment. */
async function holders(): Promise<readonly (readonly string[])[]> {
  const { infos } = await client.getQuerySegmentInfo({ collectionName: COLLECTION } as never);
  return (infos as unknown as { nodeIds: string[] }[]).map(({ nodeIds }) => nodeIds);
}

const load = async (replica_number: number, resource_groups: string[] = []) => {
  const status = await client.loadCollectionAsync({
    collection_name: COLLECTION,
    replica_number,
    resource_groups,
  } as never);
  expect(status).toMatchObject({ code: 0 });
};
const isLoaded = async () =>
  Number((await client.getLoadingProgress({ collection_name: COLLECTION })).progress) === 100;

test('the number of replicas changes under search: no search fails or errs', async () => {
  await settle(isLoaded);
  const searches = await underSearch(async () => {
    for (const count of [2, 3, 1, 2]) {
      await load(count);
      await settle(async () => (await isLoaded()) && (await replicas()).length === count);
    }
    await settle(async () => (await holders()).length === FLUSHES);
  });
  expect(searches).toBeGreaterThan(10);
  for (const nodes of await holders()) expect(nodes.length).toBeGreaterThanOrEqual(2);
}, 180_000);

test('readers of a group are those with its label, and replicas move there and back under search', async () => {
  await load(1);
  const group = async (name: string) => (await client.describeResourceGroup({ resource_group: name })).resource_group;
  const config = {
    requests: { node_num: 2 },
    limits: { node_num: 2 },
    node_filter: { node_labels: [{ key: 'disk', value: 'fast' }] },
  };
  await underSearch(async () => {
    expect(await client.createResourceGroup({ resource_group: ONLINE, config })).toMatchObject({ code: 0 });
    const online = await group(ONLINE);
    expect(online.num_available_node).toBe(2);
    expect((await group(DEFAULT)).num_available_node).toBe(2);
    await load(2, [ONLINE, DEFAULT]);
    const fast = online.nodes!.map((node) => String(node.node_id));
    await settle(async () => (await holders()).every((nodes) => nodes.some((node) => fast.includes(node))));
    const both = await replicas();
    expect(both.map(({ resource_group_name }) => resource_group_name)).toEqual([ONLINE, DEFAULT]);
    expect(both[0]!.node_ids.map(String).sort()).toEqual([...fast].sort());
    const page = await fetch(`http://127.0.0.1:${managementPort}/placement?collection=${COLLECTION}`);
    const placement = (await page.json()) as { replicas: string[]; groups: Record<string, string[]>; moving: object[] };
    expect(placement.replicas).toEqual([ONLINE, DEFAULT]);
    expect(placement.groups[ONLINE]!.sort()).toEqual(online.nodes!.map(({ hostname }) => hostname).sort());
    await load(2, [ONLINE]);
    await settle(async () => (await holders()).every((nodes) => fast.every((node) => nodes.includes(node))));
    expect((await group(ONLINE)).num_loaded_replica).toEqual({ [COLLECTION]: 2 });
    const transfer = { source_resource_group: ONLINE, target_resource_group: DEFAULT, num_replica: 2 };
    expect(await client.transferReplica({ collection_name: COLLECTION, ...transfer })).toMatchObject({ code: 0 });
    await settle(isLoaded);
    expect(await client.updateResourceGroups({ resource_groups: { [ONLINE]: closed } })).toMatchObject({ code: 0 });
    expect(await client.dropResourceGroup({ resource_group: ONLINE })).toMatchObject({ code: 0 });
    expect((await group(DEFAULT)).num_available_node).toBe(4);
  });
}, 180_000);
