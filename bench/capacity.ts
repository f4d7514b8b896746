import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { Command } from 'commander';
import { createCollection, loadPackages, COLLECTION as PACKAGES } from '../examples/debian-packages/collection.ts';
import { readDataset, SAMPLE_FOLDER } from '../examples/debian-packages/dataset.ts';
import { Processes } from '../examples/debian-packages/processes.ts';
import { startCluster } from '../examples/debian-packages/start-cluster.ts';
import { SearchResults } from '../proto/generated/milvus/search.ts';
import { generateVectors } from './generated-vectors.ts';
import { encodeSearch, MilvusBenchClient } from './milvus-client.ts';

const SEED = 20_261_121;
const BATCH_ROWS = 1_000;
const SEARCHES = 2_000;
const POLL_MS = 100;
const RETENTION_MS = 1_000;

interface Options {
  readonly data: string;
  readonly packages?: boolean;
  readonly rows: string;
  readonly dimension: string;
  readonly index: string;
  readonly mmap?: string;
}

const options = new Command('node bench/capacity.ts')
  .description(
    'Bytes of rows in a router, a writer and a reader as processes of their own: in the log, in the storage by file, in memory. The figures of docs/capacity-planning.md.',
  )
  .option('--data <folder>', 'folder with packages.jsonl.gz and vectors.f16', SAMPLE_FOLDER)
  .option('--packages', 'the Debian packages with all their fields, HNSW; else generated vectors without other fields')
  .option('--rows <count>', 'generated vectors', '20000')
  .option('--dimension <count>', 'of generated vectors', '768')
  .option('--index <type>', 'of generated vectors', 'HNSW')
  .option('--mmap <true|false>', 'mmap.enabled of the index of generated vectors')
  .parse()
  .opts<Options>();

await using processes = new Processes();
const writerSettings = {
  segmentBytesMax: '8GB',
  segmentRowsMax: 10_000_000,
  retentionMs: RETENTION_MS,
  compactionEnabled: false,
};
const cluster = await startCluster(processes, { readerCount: 1, settings: { writer: writerSettings } });
const empty = memory();
const rowCount = options.packages ? await fillWithPackages() : await fillWithVectors();
await sleep(3 * RETENTION_MS);
report('storage', bytesByKind(join(processes.folder, 'storage')));
report('metadata', { 'metadata.sqlite': bytesBelow(processes.folder, /^metadata\.sqlite/) });
const after = memory();
for (const [name, bytes] of Object.entries(after)) {
  report(`memory of the ${name}`, {
    empty: empty[name]!.own + empty[name]!.mapped,
    'own, more than empty': bytes.own - empty[name]!.own,
    'mapped files, more than empty': bytes.mapped - empty[name]!.mapped,
    'own, highest': bytes.highest,
  });
}

async function fillWithPackages(): Promise<number> {
  const dataset = await readDataset(options.data);
  const client = new MilvusClient({ address: cluster.address });
  await createCollection(client);
  console.log(`${dataset.packages.length} Debian packages, HNSW`);
  await loadPackages(client, dataset);
  for (let i = 0; i < SEARCHES / 10; i++) {
    const vector = Array.from(dataset.vectors.subarray(i * 512, (i + 1) * 512));
    await client.search({ collection_name: PACKAGES, data: vector, limit: 10 });
  }
  await client.closeConnection();
  return dataset.packages.length;
}

async function fillWithVectors(): Promise<number> {
  const [rows, dimension] = [Number(options.rows), Number(options.dimension)];
  const vectors = generateVectors(rows, dimension, SEED);
  const client = new MilvusBenchClient(cluster.address);
  console.log(`${rows} generated vectors x ${dimension}, ${options.index}`);
  const mmap = options.mmap === undefined ? undefined : { 'mmap.enabled': options.mmap };
  await client.createCollection(dimension, 'COSINE', { index_type: options.index, ...mmap });
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, rows);
    await client.insert(from, vectors.subarray(from * dimension, to * dimension), dimension);
  }
  // Before it is sealed, the log holds all rows and nothing else.
  report('log', { files: bytesBelow(join(processes.folder, 'writer', 'wal'), /./) }, rows);
  await client.flush();
  while ((await client.loadedPercent()) < 100) await sleep(POLL_MS);
  for (let i = 0; i < SEARCHES; i++) {
    const at = (i * 7) % rows;
    const request = encodeSearch(vectors.subarray(at * dimension, (at + 1) * dimension), 10, 64);
    await client.call('Search', request, SearchResults);
  }
  client.close();
  return rows;
}

interface Memory {
  /** What only this process has: heap, native memory. */
  readonly own: number;
  /** Files that are mapped, as far as they are in memory. */
  readonly mapped: number;
  /** The most that the process ever took, mapped files included. */
  readonly highest: number;
}

function memory(): Record<string, Memory> {
  const { writer, router } = cluster;
  const entries = Object.entries({ router, writer, reader: cluster.readers[0]! });
  return Object.fromEntries(
    entries.map(([name, { child }]) => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const bytes = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024;
      return [name, { own: bytes('RssAnon'), mapped: bytes('RssFile'), highest: bytes('VmHWM') }];
    }),
  );
}

function bytesByKind(folder: string): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const path of filesBelow(folder)) {
    const kind = path.slice(path.lastIndexOf('/') + 1).replace(/^\d+\./, '<field>.');
    kinds[kind] = (kinds[kind] ?? 0) + statSync(path).size;
  }
  return { ...kinds, together: Object.values(kinds).reduce((sum, bytes) => sum + bytes, 0) };
}

function bytesBelow(folder: string, names: RegExp): number {
  const paths = filesBelow(folder).filter((path) => names.test(path.slice(folder.length + 1)));
  return paths.reduce((sum, path) => sum + statSync(path).size, 0);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function report(title: string, bytes: Readonly<Record<string, number>>, rows = rowCount): void {
  console.log(`\n${title}`);
  for (const [name, count] of Object.entries(bytes)) {
    console.log(
      `  ${name.padEnd(32)} ${(count / 2 ** 20).toFixed(1).padStart(9)} MB ${(count / rows).toFixed(1).padStart(9)} bytes/row`,
    );
  }
}
