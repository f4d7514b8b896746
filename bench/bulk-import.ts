import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { Command } from 'commander';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { createCollection } from '../examples/debian-packages/collection.ts';
import { type Dataset, DIMENSION, readDataset, SAMPLE_FOLDER, vectorOf } from '../examples/debian-packages/dataset.ts';
import { freePort, Processes } from '../examples/debian-packages/processes.ts';
import { memoryOfBytes } from './measure.ts';

const COLLECTION = 'debian_packages';
const POLL_MS = 100;

interface Options {
  readonly data: string;
  readonly rowGroup: string;
}

const { data, rowGroup } = new Command('node bench/bulk-import.ts')
  .description(
    'Imports the Debian packages as one Parquet file into one process: rows per second until they are visible.',
  )
  .option('--data <folder>', 'folder with packages.jsonl.gz and vectors.f16', SAMPLE_FOLDER)
  .option('--row-group <rows>', 'rows of a row group', '10000')
  .parse()
  .opts<Options>();

await using processes = new Processes();
const port = await freePort();
const dataFolder = join(processes.folder, 'data');
const server = await processes.start('braid', 'all', { dataFolder, router: { port }, telemetry: { logLevel: 'warn' } });
const client = new MilvusClient({ address: `127.0.0.1:${port}` });
await createCollection(client);

const dataset = await readDataset(data);
const path = 'imports/packages.parquet';
const bytes = parquetOf(dataset, Number(rowGroup));
await mkdir(join(dataFolder, 'storage', 'imports'), { recursive: true });
await writeFile(join(dataFolder, 'storage', path), bytes);
console.log(`${dataset.packages.length} rows x ${DIMENSION}, ${Math.round(bytes.length / 2 ** 20)} MB of Parquet`);

const beforeBytes = memoryOfBytes(server.child.pid!);
const startMs = performance.now();
const { jobId } = await post('create', { collectionName: COLLECTION, files: [[path]] });
let mostBytes = 0;
for (;;) {
  const { state, reason, progress } = await post('describe', { jobId });
  if (state === 'Failed') throw new Error(reason);
  mostBytes = Math.max(mostBytes, memoryOfBytes(server.child.pid!));
  if (state === 'Completed') break;
  if (process.stdout.isTTY) process.stdout.write(`\r${progress} % `);
  await sleep(POLL_MS);
}
const seconds = (performance.now() - startMs) / 1_000;
const { data: counted } = await client.count({ collection_name: COLLECTION });
console.log(
  `\r${counted} rows visible after ${seconds.toFixed(1)} s: ${Math.round(dataset.packages.length / seconds)} rows/s`,
);
console.log(
  `memory at most ${Math.round((mostBytes - beforeBytes) / 2 ** 20)} MB above the ${Math.round(beforeBytes / 2 ** 20)} MB before`,
);
await client.closeConnection();

interface JobAnswer {
  readonly jobId: string;
  readonly state: string;
  readonly progress: number;
  /** Of a job that failed. */
  readonly reason?: string;
}

async function post(what: 'create' | 'describe', body: object): Promise<JobAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}/v2/vectordb/jobs/import/${what}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { code: number; message?: string; data: JobAnswer };
  if (answer.code !== 0) throw new Error(answer.message);
  return answer.data;
}

function parquetOf(packages: Dataset, rowGroupSize: number): Uint8Array {
  const rows = packages.packages;
  const columnData = [
    { name: 'id', data: rows.map(({ id }) => BigInt(id)) },
    { name: 'name', data: rows.map(({ name }) => name) },
    { name: 'section', data: rows.map(({ section }) => section) },
    { name: 'size', data: rows.map(({ size }) => BigInt(size)) },
    { name: 'summary', data: rows.map(({ summary }) => summary) },
    { name: 'embedding', data: rows.map((_, row) => Array.from(vectorOf(packages, row))) },
    { name: '$meta', data: rows.map(({ tags }) => JSON.stringify({ tags })) },
  ];
  const text = (name: string) =>
    ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }) as const;
  const int64 = (name: string) => ({ name, type: 'INT64', repetition_type: 'REQUIRED' }) as const;
  const schema = [
    { name: 'root', num_children: columnData.length },
    int64('id'),
    text('name'),
    text('section'),
    int64('size'),
    text('summary'),
    { name: 'embedding', converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 } as const,
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 } as const,
    { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' } as const,
    text('$meta'),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, schema, rowGroupSize }));
}
