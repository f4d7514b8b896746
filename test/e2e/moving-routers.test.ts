import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ExactCollection, ExactLoad, expectFlawless } from './exact-load.ts';
import { MovingCluster } from './moving-cluster.ts';
import { impatientClient } from './proven-collection.ts';

const COLLECTION = 'moving';
const REPLICAS = 2;
const CONNECT_TIMEOUT_MS = 30_000;
/** The pool's limit of the client. */
const CONNECTIONS_MAX = 10;
const LEVELS = [ConsistencyLevelEnum.Bounded, ConsistencyLevelEnum.Strong];

let cluster: MovingCluster;
let clients: MilvusClient[];
let collection: ExactCollection;

beforeAll(async () => {
  cluster = await MovingCluster.start({ readers: 2, routers: 2, settings: { writer: { compactionEnabled: false } } });
  clients = await Promise.all(cluster.routers.map(({ address }) => impatientClient(address)));
  const size = { segmentCount: 4, segmentRows: 100, replicas: REPLICAS };
  collection = await ExactCollection.create(clients[0]!, COLLECTION, size);
}, 120_000);

afterAll(async () => {
  await Promise.all((clients ?? []).map((client) => client.closeConnection()));
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

beforeEach(() => cluster.settled(COLLECTION, REPLICAS), 60_000);

/**
 * The client of Milvus has several connections, and each pauses after it failed: the other router must not go before all of them are used again. Searches at the same time take
 * one connection each.
 */
async function connected(client: MilvusClient): Promise<void> {
  const searchOnce = (_: unknown, query: number) => collection.faultOf(client, query, ConsistencyLevelEnum.Bounded);
  const fault = (): Promise<string | undefined> =>
    Promise.all(Array.from({ length: CONNECTIONS_MAX }, searchOnce)).then(
      (faults) => faults.find((found) => found !== undefined),
      (error: Error) => error.message,
    );
  await expect.poll(fault, { timeout: CONNECT_TIMEOUT_MS, interval: 100 }).toBeUndefined();
}

test('all routers are restarted one by one: a client that knows two of them sees no failure', async () => {
  await using searching = new ExactLoad(collection, { clients, levels: LEVELS, searchers: 4 });
  for (const [place, { process }] of cluster.routers.entries()) {
    await cluster.restart(process);
    await connected(clients[place]!);
  }
  expectFlawless(await searching.report('all routers restarted'));
}, 120_000);
