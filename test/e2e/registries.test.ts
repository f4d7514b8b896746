import { setTimeout as sleep } from 'node:timers/promises';
import { ConsistencyLevelEnum } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConsulAgent, missingConsul } from '../servers/consul.ts';
import { Etcd, missingEtcd } from '../servers/etcd.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { missingZooKeeper, ZooKeeper } from '../servers/zookeeper.ts';
import { ExactCollection, ExactLoad, type LoadReport } from './exact-load.ts';
import { MovingCluster } from './moving-cluster.ts';
import { impatientClient } from './proven-collection.ts';

const COLLECTION = 'registered';
const REPLICAS = 2;
const LEVELS = [ConsistencyLevelEnum.Bounded, ConsistencyLevelEnum.Eventually];
const CALL_TIMEOUT_MS = 20_000;
/** Nodes that vanish leave the list after this time. */
const TTL_MS = 3_000;
/** The registry is away for so long: longer than every time that nodes and routers wait for it. */
const OUTAGE_MS = 2 * TTL_MS;
const SUCCESS_RATIO_MIN = 0.999;

interface Registry extends AsyncDisposable {
  kill(): Promise<void>;
  /** At the same address, and knows nothing. */
  startEmpty(): Promise<void>;
  readonly discovery: object;
}

const REGISTRIES = [
  {
    name: 'Consul',
    missing: missingConsul(),
    async start(): Promise<Registry> {
      const agent = await ConsulAgent.start();
      return {
        kill: () => agent.kill(),
        startEmpty: () => agent.startAgain(),
        discovery: { use: 'consul', with: { address: agent.address, ttlMs: TTL_MS } },
        [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: 'etcd',
    missing: missingEtcd(),
    async start(): Promise<Registry> {
      const server = await Etcd.start();
      return {
        kill: () => server.kill(),
        startEmpty: async () => {
          await server.forgetAll();
          await server.startAgain();
        },
        discovery: { use: 'etcd', with: { endpoints: [server.endpoint], ttlMs: TTL_MS } },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: 'ZooKeeper',
    missing: missingZooKeeper(),
    async start(): Promise<Registry> {
      const server = await ZooKeeper.start();
      return {
        kill: () => server.kill(),
        startEmpty: () => server.startAgain({ empty: true }),
        discovery: { use: 'zookeeper', with: { servers: server.address, sessionTimeoutMs: TTL_MS } },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  },
];

for (const { name, missing, start } of REGISTRIES) {
  describe.runIf(mayRunWith(name, missing))(`a cluster on ${name}`, { timeout: 120_000 }, () => {
    const stack = new AsyncDisposableStack();
    let registry: Registry;
    let cluster: MovingCluster;
    let load: () => ExactLoad;

    beforeAll(async () => {
      registry = stack.use(await start());
      const settings = { discovery: registry.discovery, writer: { compactionEnabled: false } };
      cluster = stack.use(await MovingCluster.start({ readers: 2, routers: 1, settings }));
      const client = await impatientClient(cluster.routers[0]!.address, CALL_TIMEOUT_MS);
      stack.defer(async () => void (await client.closeConnection()));
      const size = { segmentCount: 4, segmentRows: 100, replicas: REPLICAS };
      const collection = await ExactCollection.create(client, COLLECTION, size);
      load = () => new ExactLoad(collection, { clients: [client], levels: LEVELS, searchers: 2 });
    }, 180_000);

    afterAll(() => stack.disposeAsync(), 60_000);

    beforeEach(() => cluster.settled(COLLECTION, REPLICAS), 60_000);

    test('a reader comes, and one leaves: no search fails', async () => {
      await using searching = load();
      const reader = await cluster.addReader();
      await cluster.settled(COLLECTION, REPLICAS);
      expectFlawless(await searching.report(`a reader came to ${name}`));
      await cluster.removeReader(reader);
      await cluster.settled(COLLECTION, REPLICAS);
      expectFlawless(await searching.report('it left'));
    });

    test('a reader is killed: hardly a search fails, and it is forgotten', async () => {
      await using searching = load();
      const reader = await cluster.addReader();
      await cluster.settled(COLLECTION, REPLICAS);
      await cluster.processes.kill(reader.process);
      cluster.readers.splice(cluster.readers.indexOf(reader), 1);
      await cluster.settled(COLLECTION, REPLICAS);
      const { wrong, answered, failed, failures } = await searching.report('a reader was killed', 1_000);
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(answered / (answered + failed), [...failures.keys()].join('\n')).toBeGreaterThanOrEqual(SUCCESS_RATIO_MIN);
    });

    test('the registry is killed and comes back empty: no search fails, and the cluster is what it was', async () => {
      await using searching = load();
      await registry.kill();
      await sleep(OUTAGE_MS);
      expectFlawless(await searching.report(`${name} was away`));
      await registry.startEmpty();
      // Somebody who knows nothing yet sees them all: they have announced themselves again.
      await cluster.addRouter();
      await cluster.settled(COLLECTION, REPLICAS);
      expectFlawless(await searching.report(`${name} is back`));
      await cluster.addReader();
      await cluster.settled(COLLECTION, REPLICAS);
      expectFlawless(await searching.report('a reader came after that'));
    });
  });
}

function expectFlawless({ wrong, failures }: LoadReport): void {
  expect(wrong.slice(0, 3)).toEqual([]);
  expect([...failures]).toEqual([]);
}
