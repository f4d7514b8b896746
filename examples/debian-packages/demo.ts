import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { Command } from 'commander';
import { COLLECTION, createCollection, loadPackages } from './collection.ts';
import { type Dataset, readDataset, SAMPLE_FOLDER } from './dataset.ts';
import { freePort, Processes } from './processes.ts';
import { exactNeighbours, packagesLike, printFound, SEARCHES } from './searches.ts';
import { startCluster } from './start-cluster.ts';

/** `npm run demo`: Debian packages through the official Milvus client. */

const DEFAULT_ADDRESS = '127.0.0.1:19530';
const NEIGHBOURS = 10;
const PROBES = 300;

interface Options {
  readonly data: string;
  readonly address?: string;
  readonly cluster?: boolean;
  readonly mysql?: string;
}

const program = new Command('npm run demo --')
  .description('Loads Debian packages with their embeddings through the official Milvus client and searches them.')
  .option('--data <folder>', 'folder with packages.jsonl.gz and vectors.f16', SAMPLE_FOLDER)
  .option(
    '--address <host:port>',
    `a running server (default: ${DEFAULT_ADDRESS} if one answers there, else one is started)`,
  )
  .option('--cluster', 'start 1 router, 1 writer and 3 readers as processes, and kill a reader')
  .option(
    '--mysql <url>',
    'with --cluster: keep the metadata in MySQL or MariaDB, e.g. mysql://root@127.0.0.1:3306/braid',
  )
  .addHelpText(
    'after',
    '\nExamples:\n  npm run demo\n  npm run demo -- --cluster\n  npm run demo -- --address 10.0.0.5:19530 --data ../debian-packages',
  );

const options = program.parse().opts<Options>();
const dataset = await readDataset(options.data);
console.log(`${dataset.packages.length} Debian packages from ${options.data}`);
await using processes = new Processes();
if (options.cluster) await clusterDemo(dataset, options);
else await singleDemo(dataset, options);

async function singleDemo(data: Dataset, { address }: Options): Promise<void> {
  const client = await connectTo(address ?? (await runningServer()) ?? (await startServer()));
  await fill(client, data);
  await show(client, data);
  await client.closeConnection();
}

async function clusterDemo(data: Dataset, { mysql }: Options): Promise<void> {
  console.log('starting 1 router, 1 writer, 3 readers ...');
  const metadata = mysql ? { use: 'mysql', with: mysqlOptions(mysql) } : undefined;
  const cluster = await startCluster(processes, {
    readerCount: 3,
    ...(metadata && { metadata }),
    settings: { writer: { segmentRowsMax: Math.ceil(data.packages.length / 6) } },
  });
  const client = await connectTo(cluster.address);
  await fill(client, data);
  await show(client, data);
  console.log(
    `\n${PROBES} searches, one after the other, checked against exact search; a reader is killed on the way:`,
  );
  const before = await probe(client, data, 0, PROBES / 3);
  console.log(`  3 readers: ${before}`);
  await processes.kill(cluster.readers[1]!);
  console.log('  killed reader-2 (SIGKILL)');
  console.log(`  at once:   ${await probe(client, data, PROBES / 3, (2 * PROBES) / 3)}`);
  await sleep(3_000);
  console.log(`  later:     ${await probe(client, data, (2 * PROBES) / 3, PROBES)}`);
  await client.closeConnection();
}

/** Searches for the packages themselves and compares with exact search; says how many failed and the recall of the others. */
async function probe(client: MilvusClient, data: Dataset, from: number, to: number): Promise<string> {
  let failed = 0;
  let hits = 0;
  let slowestMs = 0;
  for (let i = from; i < to; i++) {
    const row = (i * 97) % data.packages.length;
    const started = performance.now();
    try {
      const found = await packagesLike(client, data, data.packages[row]!.name, { limit: NEIGHBOURS });
      slowestMs = Math.max(slowestMs, performance.now() - started);
      const exact = new Set(exactNeighbours(data, row, NEIGHBOURS));
      hits += found.filter((item) => exact.has(Number(item.id))).length;
    } catch (error) {
      failed++;
      console.log(`  failed: ${(error as Error).message}`);
    }
  }
  const answered = to - from - failed;
  const recall = hits / (answered * NEIGHBOURS);
  return `${answered} answered, ${failed} failed, recall@${NEIGHBOURS} ${recall.toFixed(3)}, slowest ${slowestMs.toFixed(0)} ms`;
}

async function fill(client: MilvusClient, data: Dataset): Promise<void> {
  console.log(`filling the collection "${COLLECTION}"`);
  await createCollection(client);
  const rowsPerSecond = await loadPackages(client, data);
  console.log(`  ${Math.round(rowsPerSecond)} rows/s, each acknowledged after it was on disk`);
}

async function show(client: MilvusClient, data: Dataset): Promise<void> {
  const names = new Set(data.packages.map((item) => item.name));
  for (const search of SEARCHES) {
    if (!names.has(search.name)) continue;
    const started = performance.now();
    const found = await packagesLike(client, data, search.name, { filter: search.filter });
    printFound(search.title, found, performance.now() - started);
  }
  const count = await client.count({ collection_name: COLLECTION, expr: 'section == "games"' });
  console.log(`\n${count.data} of the packages are games.`);
}

async function connectTo(address: string): Promise<MilvusClient> {
  const client = new MilvusClient({ address });
  await client.connectPromise;
  const version = await client.getVersion();
  console.log(`connected to ${address} (${version.version})`);
  return client;
}

/** The default address, if something listens there. */
function runningServer(): Promise<string | undefined> {
  const [host, port] = DEFAULT_ADDRESS.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host!);
    socket.once('connect', () => resolve(DEFAULT_ADDRESS));
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => socket.destroy());
  });
}

async function startServer(): Promise<string> {
  console.log('nothing answers on the default port: starting a server for the demo');
  const port = await freePort();
  await processes.start('braid', 'all', { dataFolder: join(processes.folder, 'data'), router: { port } });
  return `127.0.0.1:${port}`;
}

function mysqlOptions(url: string): object {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: port ? Number(port) : 3306,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  };
}
