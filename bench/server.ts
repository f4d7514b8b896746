import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { type BraidProcess, freePort, Processes } from '../examples/debian-packages/processes.ts';
import { startCluster } from '../examples/debian-packages/start-cluster.ts';
import { SearchResults } from '../proto/generated/milvus/search.ts';
import { CONNECTIVITY, EXPANSION_ADD, queryOf } from './direct.ts';
import { cpuOfUs, memoryOfBytes, ownCpuUs } from './measure.ts';
import { encodeSearch, idsOf, MilvusBenchClient } from './milvus-client.ts';
import { NEIGHBOURS, recallOf, type Workload } from './workload.ts';

const INSERT_ROWS = 1_000;
/** So many until V8 has compiled everything on the path with all its optimisations; before, a search costs up to half as much again. */
const WARM_UP_SEARCHES = 20_000;
const MEASURE_MS = 6_000;
const CONCURRENCY = 8;
const LOAD_POLL_MS = 100;
const NANOSECONDS_PER_MILLISECOND = 1e6;
const EXPANSIONS = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

export type DeploymentName = 'one process' | 'router + writer + 3 readers';

/** Braid processes with the workload in them, and a client. */
export interface FilledServer extends AsyncDisposable {
  readonly client: MilvusBenchClient;
  readonly processes: readonly BraidProcess[];
  /** Rows per second, each acknowledged after it was on disk. */
  readonly insertRowsPerSecond: number;
  /** Memory of all processes per row, with everything sealed and loaded, beyond what they took empty. */
  readonly memoryBytesPerRow: number;
}

export interface SearchResult {
  readonly expansion: number;
  readonly recall: number;
  readonly queriesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU microseconds per query of all Braid processes. */
  readonly serverCpuUs: number;
  readonly clientCpuUs: number;
  /** 99th percentile of the delay of the event loop under this load, of the process where it is longest. */
  readonly eventLoopP99Ms: number;
}

export async function fillServer(
  deployment: DeploymentName,
  workload: Workload,
  segmentCount: number,
): Promise<FilledServer> {
  const started = new Processes();
  // Compaction would merge the segments whose number is being measured.
  const writer = {
    segmentRowsMax: Math.ceil(workload.rowCount / segmentCount),
    compactionEnabled: false,
    segmentBytesMax: '8GB',
    retentionMs: 1_000,
  };
  const settings = { writer, telemetry: { logLevel: 'warn' } };
  const address = await startDeployment(deployment, started, settings);
  const client = new MilvusBenchClient(address);
  const processes = started.started;
  const emptyBytes = processes.reduce((sum, process) => sum + memoryOfBytes(process.child.pid!), 0);
  await client.createCollection(workload.dimension, 'COSINE', {
    index_type: 'HNSW',
    M: String(CONNECTIVITY),
    efConstruction: String(EXPANSION_ADD),
  });
  const insertRowsPerSecond = await insertAll(client, workload);
  await client.flush();
  while ((await client.loadedPercent()) < 100) await sleep(LOAD_POLL_MS);
  await sleep(3 * writer.retentionMs);
  const filledBytes = processes.reduce((sum, process) => sum + memoryOfBytes(process.child.pid!), 0);
  return {
    client,
    processes,
    insertRowsPerSecond,
    memoryBytesPerRow: (filledBytes - emptyBytes) / workload.rowCount,
    [Symbol.asyncDispose]: async () => {
      client.close();
      await started[Symbol.asyncDispose]();
    },
  };
}

async function startDeployment(deployment: DeploymentName, processes: Processes, settings: object): Promise<string> {
  if (deployment !== 'one process') return (await startCluster(processes, { readerCount: 3, settings })).address;
  const port = await freePort();
  await processes.start('braid', 'all', { ...settings, dataFolder: join(processes.folder, 'data'), router: { port } });
  return `127.0.0.1:${port}`;
}

async function insertAll(client: MilvusBenchClient, { rows, rowCount, dimension }: Workload): Promise<number> {
  const startedMs = performance.now();
  for (let from = 0; from < rowCount; from += INSERT_ROWS) {
    const to = Math.min(from + INSERT_ROWS, rowCount);
    await client.insert(from, rows.subarray(from * dimension, to * dimension), dimension);
  }
  return (rowCount * 1_000) / (performance.now() - startedMs);
}

/** At the smallest breadth that reaches the recall: speed, latency and cost under `CONCURRENCY` searches at a time. */
export async function measureSearch(
  server: FilledServer,
  workload: Workload,
  recallMin: number,
): Promise<SearchResult> {
  for (const expansion of EXPANSIONS) {
    const requests = Array.from({ length: workload.queryCount }, (_, i) =>
      encodeSearch(queryOf(workload, i), NEIGHBOURS, expansion),
    );
    const recall = await measureRecall(server.client, workload, requests);
    if (recall < recallMin && expansion !== EXPANSIONS.at(-1)) continue;
    return { expansion, recall, ...(await measureLoad(server, requests)) };
  }
  throw new Error('unreachable: the last breadth is always measured');
}

async function measureRecall(
  client: MilvusBenchClient,
  workload: Workload,
  requests: readonly Buffer[],
): Promise<number> {
  const found = new Int32Array(workload.queryCount * NEIGHBOURS).fill(-1);
  for (const [i, request] of requests.entries()) {
    found.set(idsOf(await client.call('Search', request, SearchResults)).slice(0, NEIGHBOURS), i * NEIGHBOURS);
  }
  return recallOf(workload, found);
}

async function measureLoad(
  { client, processes }: FilledServer,
  requests: readonly Buffer[],
): Promise<Omit<SearchResult, 'expansion' | 'recall'>> {
  const latencies = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000 * NANOSECONDS_PER_MILLISECOND });
  const serverCpuUs = (): number => processes.reduce((sum, process) => sum + cpuOfUs(process.child.pid!), 0);
  let next = 0;
  const run = async (isDone: () => boolean): Promise<void> => {
    const lane = async (): Promise<void> => {
      while (!isDone()) {
        const startedMs = performance.now();
        await client.call('Search', requests[next++ % requests.length]!, SearchResults);
        latencies.recordValue((performance.now() - startedMs) * NANOSECONDS_PER_MILLISECOND);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  };
  await run(() => next >= WARM_UP_SEARCHES);
  await eventLoopP99Ms(processes);
  latencies.reset();
  next = 0;
  const startedMs = performance.now();
  const [serverBeforeUs, clientBeforeUs] = [serverCpuUs(), ownCpuUs()];
  await run(() => performance.now() - startedMs > MEASURE_MS);
  return {
    queriesPerSecond: (next * 1_000) / (performance.now() - startedMs),
    p50Ms: latencies.getValueAtPercentile(50) / NANOSECONDS_PER_MILLISECOND,
    p99Ms: latencies.getValueAtPercentile(99) / NANOSECONDS_PER_MILLISECOND,
    serverCpuUs: (serverCpuUs() - serverBeforeUs) / next,
    clientCpuUs: (ownCpuUs() - clientBeforeUs) / next,
    eventLoopP99Ms: await eventLoopP99Ms(processes),
  };
}

/** Since it was last asked: a scrape of the metrics begins a new measurement. */
async function eventLoopP99Ms(processes: readonly BraidProcess[]): Promise<number> {
  const delays = await Promise.all(
    processes.map(async ({ managementPort }) => {
      const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
      return Number(/^braid_event_loop_delay_seconds\{[^}]*quantile="0\.99"[^}]*\} (\S+)/m.exec(metrics)![1]);
    }),
  );
  return Math.max(...delays) * 1_000;
}
