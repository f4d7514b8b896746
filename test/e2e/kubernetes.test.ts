import { ConsistencyLevelEnum } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Endpoint, endpoint, Namespace, TERMINATING } from '../plugins/discovery/kubernetes/endpoint-slices.ts';
import { KubeApiserver, missingKubeApiserver } from '../servers/kube-apiserver.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { ExactCollection, ExactLoad, type LoadReport } from './exact-load.ts';
import { MovingCluster, type MovingNode } from './moving-cluster.ts';
import { impatientClient } from './proven-collection.ts';

const COLLECTION = 'scheduled';
const REPLICAS = 2;
const LEVELS = [ConsistencyLevelEnum.Bounded, ConsistencyLevelEnum.Eventually];
const CALL_TIMEOUT_MS = 20_000;
const LIMIT_MS = 120_000;

describe.runIf(mayRunWith('kube-apiserver', missingKubeApiserver()))('a cluster on Kubernetes', () => {
  const stack = new AsyncDisposableStack();
  let server: KubeApiserver;
  let namespace: Namespace;
  let cluster: MovingCluster;
  let load: () => ExactLoad;

  beforeAll(async () => {
    server = stack.use(await KubeApiserver.start());
    namespace = await Namespace.create(server, 'vectors');
    const kubeconfig = await server.writeKubeconfig('braid', await namespace.allowAsInManual(), namespace.name);
    const settings = { discovery: { use: 'kubernetes', with: { kubeconfig } }, writer: { compactionEnabled: false } };
    cluster = stack.use(await MovingCluster.start({ readers: 2, routers: 1, settings }));
    await schedule();
    const client = await impatientClient(cluster.routers[0]!.address, CALL_TIMEOUT_MS);
    stack.defer(async () => void (await client.closeConnection()));
    const size = { segmentCount: 4, segmentRows: 100, replicas: REPLICAS };
    const collection = await ExactCollection.create(client, COLLECTION, size);
    load = () => new ExactLoad(collection, { clients: [client], levels: LEVELS, searchers: 2 });
  }, 240_000);

  beforeEach(() => cluster.settled(COLLECTION, REPLICAS), 60_000);

  afterAll(() => stack.disposeAsync(), 60_000);

  /** What the controllers of Kubernetes do: the pods of a Service, and what their probes say, become its slices. */
  async function schedule(terminating?: MovingNode): Promise<void> {
    const services = { 'braid-writer': cluster.writers, 'braid-reader': cluster.readers };
    for (const [service, nodes] of Object.entries(services)) {
      for (const node of nodes) {
        const [host, port] = node.address.split(':');
        const pod: Endpoint = endpoint(host!, undefined, node === terminating ? TERMINATING : {});
        // As an address the API server refuses a loopback one; as a name it takes it.
        const options = { service, addressType: 'FQDN', port: { name: 'node', port: Number(port) } } as const;
        await namespace.put(sliceOf(node), [pod], options);
      }
    }
  }

  test('a pod comes, and one terminates: no search fails', { timeout: LIMIT_MS }, async () => {
    await using searching = load();
    const reader = await cluster.addReader();
    await schedule();
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('a pod came'));
    await schedule(reader);
    await cluster.removeReader(reader);
    await namespace.remove(sliceOf(reader));
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('it terminated'));
  });

  test('the API server dies and comes back: no search fails, and changes are seen again', {
    timeout: LIMIT_MS,
  }, async () => {
    await using searching = load();
    await server.kill();
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('the API server is away', 500));
    await server.startAgain();
    await cluster.addReader();
    await schedule();
    await cluster.settled(COLLECTION, REPLICAS);
    expectFlawless(await searching.report('it is back, and a pod came'));
  });
});

function sliceOf({ address }: MovingNode): string {
  return `pod-${address.split(':')[1]}`;
}

function expectFlawless({ wrong, failures }: LoadReport): void {
  expect(wrong.slice(0, 3)).toEqual([]);
  expect([...failures]).toEqual([]);
}
