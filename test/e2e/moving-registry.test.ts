import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Etcd, missingEtcd } from '../servers/etcd.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { ExactCollection, ExactLoad, expectFlawless } from './exact-load.ts';
import { MovingCluster } from './moving-cluster.ts';
import { impatientClient } from './proven-collection.ts';

const COLLECTION = 'moving';
/** Every segment is on one reader only: none may leave unnoticed by luck. */
const REPLICAS = 1;
const LEVELS = [ConsistencyLevelEnum.Bounded, ConsistencyLevelEnum.Strong];
/** Longer than the keys in the registry live. */
const OUTAGE_MS = 4_000;

describe.runIf(mayRunWith('etcd', missingEtcd()))('a cluster with a registry', () => {
  let etcd: Etcd;
  let cluster: MovingCluster;
  let client: MilvusClient;
  let collection: ExactCollection;

  beforeAll(async () => {
    etcd = await Etcd.start();
    const discovery = { use: 'etcd', with: { endpoints: [etcd.endpoint], ttlMs: 2_000, requestTimeoutMs: 1_000 } };
    const settings = { writer: { compactionEnabled: false } };
    cluster = await MovingCluster.start({ readers: 2, routers: 1, settings, discovery });
    client = await impatientClient(cluster.routers[0]!.address);
    const size = { segmentCount: 6, segmentRows: 100, replicas: REPLICAS };
    collection = await ExactCollection.create(client, COLLECTION, size);
  }, 120_000);

  afterAll(async () => {
    await client?.closeConnection();
    await cluster?.[Symbol.asyncDispose]();
    await etcd?.[Symbol.asyncDispose]();
  }, 60_000);

  beforeEach(() => cluster.settled(COLLECTION, REPLICAS), 60_000);

  const load = (): ExactLoad => new ExactLoad(collection, { clients: [client], levels: LEVELS, searchers: 4 });

  test('a reader comes, and one leaves that alone holds its segments: no search fails', async () => {
    await using searching = load();
    await cluster.addReader();
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('a reader came'));
    await cluster.removeReader(cluster.readers[0]!);
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('another left'));
  }, 60_000);

  test('the registry dies and comes back empty: no search fails', async () => {
    await using searching = load();
    await etcd.kill();
    await sleep(OUTAGE_MS);
    await etcd.forgetAll();
    await etcd.startAgain();
    await sleep(OUTAGE_MS);
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('without a registry'));
  }, 60_000);

  test('the cluster is moved to another registry, process by process: no search fails', async () => {
    cluster.useDiscovery(cluster.fileDiscovery);
    // Routers first, for they must go on seeing those that no longer announce themselves; the writer last, for readers must.
    for (const { process } of cluster.routers) await cluster.restart(process);
    await client.closeConnection();
    client = await impatientClient(cluster.routers[0]!.address);
    await using searching = load();
    for (const { process } of [...cluster.readers, ...cluster.writers]) {
      await cluster.restart(process);
      await cluster.settled(COLLECTION, REPLICAS);
    }
    await etcd.kill();
    expectFlawless(await searching.report('another registry', 200));
    expect((await cluster.status()).members.length).toBe(cluster.readers.length + cluster.writers.length);
  }, 60_000);
});
