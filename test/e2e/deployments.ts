import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { startCluster } from '../../examples/debian-packages/start-cluster.ts';

const CONNECT_TIMEOUT_MS = 30_000;
const START_ATTEMPTS = 3;

/** Braid as its users run it: real processes, the official client. */
export interface Deployment extends AsyncDisposable {
  readonly address: string;
  readonly processes: Processes;
  client(): Promise<MilvusClient>;
}

interface DeploymentKind {
  readonly name: string;
  start(settings?: object): Promise<Deployment>;
}

export const DEPLOYMENTS: readonly DeploymentKind[] = [
  {
    name: 'one process',
    start: (settings = {}) =>
      started(async (processes) => {
        const port = await freePort();
        const dataFolder = join(processes.folder, 'data');
        await processes.start('braid', 'all', { ...settings, dataFolder, router: { port } });
        return `127.0.0.1:${port}`;
      }),
  },
  {
    name: 'router, writer and 3 readers',
    start: (settings = {}) =>
      started(async (processes) => (await startCluster(processes, { readerCount: 3, settings })).address),
  },
];

/** Starts once more on other ports where a port was free when it was chosen and is taken when it is used. */
async function started(start: (processes: Processes) => Promise<string>): Promise<Deployment> {
  for (let attempt = 1; ; attempt++) {
    const processes = new Processes();
    try {
      return deployment(processes, await start(processes));
    } catch (error) {
      await processes[Symbol.asyncDispose]();
      if (attempt === START_ATTEMPTS || !String(error).includes('EADDRINUSE')) throw error;
    }
  }
}

function deployment(processes: Processes, address: string): Deployment {
  const clients: MilvusClient[] = [];
  return {
    address,
    processes,
    async client() {
      const client = await connected(address);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.closeConnection();
      await processes[Symbol.asyncDispose]();
    },
  };
}

/** gRPC clients of one process share what they know of an address: after a restart the first tries may still fail at once. */
export async function connected(address: string): Promise<MilvusClient> {
  const deadline = performance.now() + CONNECT_TIMEOUT_MS;
  for (;;) {
    const client = new MilvusClient({ address, logLevel: 'error' });
    try {
      await client.connectPromise;
      return client;
    } catch (error) {
      await client.closeConnection();
      if (performance.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
