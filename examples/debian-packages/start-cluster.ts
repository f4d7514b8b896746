import { join } from 'node:path';
import { type BraidProcess, freePort, type Processes } from './processes.ts';

export interface Cluster {
  /** host:port of the router's API. */
  readonly address: string;
  readonly router: BraidProcess;
  readonly writer: BraidProcess;
  readonly readers: readonly BraidProcess[];
}

export interface ClusterOptions {
  readonly readerCount: number;
  /** `metadata:` of the settings; SQLite in the folder by default. */
  readonly metadata?: object;
  /** More settings for every process. */
  readonly settings?: object;
}

/** One router, one writer and some readers, each a process of its own, on this machine's loopback. */
export async function startCluster(processes: Processes, options: ClusterOptions): Promise<Cluster> {
  const { folder } = processes;
  const [routerPort, writerPort, ...readerPorts] = await freePorts(2 + options.readerCount);
  const shared = {
    discovery: {
      use: 'static',
      with: { writer: `127.0.0.1:${writerPort}`, readers: readerPorts.map((port) => `127.0.0.1:${port}`) },
    },
    // Every segment is placed on its own: a collection of this size would otherwise stay whole on one reader.
    routing: { use: 'consistent-hash', with: { splitBytes: 0 } },
    metadata: options.metadata ?? { use: 'sqlite', with: { path: join(folder, 'metadata.sqlite') } },
    storage: { use: 'local', with: { path: join(folder, 'storage') } },
    ...options.settings,
  };
  const own = (name: string): object => ({ ...shared, dataFolder: join(folder, name) });
  const writer = await processes.start('writer', 'writer', { ...own('writer'), node: { port: writerPort } });
  const readers = await Promise.all(
    readerPorts.map((port, i) =>
      processes.start(`reader-${i + 1}`, 'reader', {
        ...own(`reader-${i + 1}`),
        node: { id: `127.0.0.1:${port}`, port },
      }),
    ),
  );
  const router = await processes.start('router', 'router', { ...own('router'), router: { port: routerPort } });
  return { address: `127.0.0.1:${routerPort}`, router, writer, readers };
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
