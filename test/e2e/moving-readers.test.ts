import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ExactCollection, ExactLoad, expectFlawless, expectHardlyAFailure } from './exact-load.ts';
import { MovingCluster } from './moving-cluster.ts';
import { impatientClient } from './proven-collection.ts';

const COLLECTION = 'moving';
const REPLICAS = 2;
const LEVELS = [ConsistencyLevelEnum.Bounded, ConsistencyLevelEnum.Strong, ConsistencyLevelEnum.Eventually];
/** Long enough for silence to be noticed, and for a few hundred searches. */
const PHASE_MS = 3_000;
const CALL_TIMEOUT_MS = 20_000;

let cluster: MovingCluster;
let client: MilvusClient;
let collection: ExactCollection;

beforeAll(async () => {
  cluster = await MovingCluster.start({ readers: 3, routers: 1, settings: { writer: { compactionEnabled: false } } });
  client = await impatientClient(cluster.routers[0]!.address, CALL_TIMEOUT_MS);
  collection = await ExactCollection.create(client, COLLECTION, {
    segmentCount: 6,
    segmentRows: 100,
    replicas: REPLICAS,
  });
}, 120_000);

afterAll(async () => {
  await client?.closeConnection();
  await cluster?.[Symbol.asyncDispose]();
}, 60_000);

beforeEach(() => cluster.settled(COLLECTION, REPLICAS), 60_000);

function load(): ExactLoad {
  return new ExactLoad(collection, { clients: [client], levels: LEVELS, searchers: 4 });
}

test('a reader comes, and one leaves: no search fails', async () => {
  await using searching = load();
  const reader = await cluster.addReader();
  await cluster.settled(COLLECTION, REPLICAS);
  expectFlawless(await searching.report('a reader came'));
  await cluster.removeReader(reader);
  await cluster.settled(COLLECTION, REPLICAS);
  expectFlawless(await searching.report('it left'));
}, 60_000);

test('readers are restarted one by one, still listed: no search fails', async () => {
  await using searching = load();
  for (const { process } of cluster.readers) {
    await cluster.restart(process);
    await cluster.settled(COLLECTION, REPLICAS);
  }
  expectFlawless(await searching.report('all readers restarted'));
}, 60_000);

test('a reader is killed and comes back: hardly a search fails, none is wrong', async () => {
  await using searching = load();
  const { process } = cluster.readers[0]!;
  await cluster.processes.kill(process);
  await sleep(PHASE_MS);
  await cluster.processes.revive(process);
  await cluster.settled(COLLECTION, REPLICAS);
  expectHardlyAFailure(await searching.report('a reader was killed', 1_000));
}, 60_000);

test('a reader hangs and wakes up: its searches are answered elsewhere within two seconds', async () => {
  await using searching = load();
  const { child } = cluster.readers[1]!.process;
  child.kill('SIGSTOP');
  await sleep(PHASE_MS);
  const stopped = await searching.report('a reader stopped');
  child.kill('SIGCONT');
  await cluster.settled(COLLECTION, REPLICAS);
  expectFlawless(stopped);
  expect(stopped.slowestMs, 'no search waited for its own deadline').toBeLessThan(CALL_TIMEOUT_MS / 2);
  expect(await cluster.metric('braid_router_member_transitions_total', 'health="down"')).toBeGreaterThan(0);
  expectFlawless(await searching.report('it goes on'));
}, 60_000);

test('replica_number goes down and up: no search fails', async () => {
  await using searching = load();
  for (const replica_number of [1, 3, REPLICAS]) {
    const answer = await client.loadCollection({ collection_name: COLLECTION, replica_number });
    expect(answer.error_code).toBe('Success');
    await cluster.settled(COLLECTION, replica_number);
    expectFlawless(await searching.report(`${replica_number} replicas`));
  }
}, 60_000);
