import { Command } from 'commander';
import { DIMENSION, readDataset, SAMPLE_FOLDER } from '../examples/debian-packages/dataset.ts';
import { type DirectResult, measureOwn, measureStock } from './direct.ts';
import { measureFilters } from './filters.ts';
import { generateVectors } from './generated-vectors.ts';
import { measureIndexes } from './indexes.ts';
import { type DeploymentName, type FilledServer, fillServer, measureSearch, type SearchResult } from './server.ts';
import { createWorkload, NEIGHBOURS, type Workload } from './workload.ts';

/** `npm run bench`: what a search costs, from the bare index library to a cluster, on the same rows at the same recall. */

const GENERATED_DIMENSION = 768;
const SEED = 20_261_121;
const SEGMENT_COUNTS = [1, 8, 64];
const ONE_PROCESS: DeploymentName = 'one process';
const CLUSTER: DeploymentName = 'router + writer + 3 readers';

interface Options {
  readonly data: string;
  readonly rows: string;
  readonly recall: string;
  readonly only?: 'debian' | 'generated' | 'indexes' | 'filters';
  readonly segments: boolean;
}

const program = new Command('npm run bench --')
  .description(
    'Measures the index library, one process and a cluster on the same rows at the same recall; ratios first.',
  )
  .option('--data <folder>', 'folder with packages.jsonl.gz and vectors.f16', SAMPLE_FOLDER)
  .option('--rows <count>', `generated vectors of ${GENERATED_DIMENSION} dimensions`, '20000')
  .option('--recall <share>', `recall@${NEIGHBOURS} at which everything is compared`, '0.95')
  .option(
    '--only <which>',
    'debian, generated, indexes (every index type) or filters; the last two on the Debian packages',
  )
  .option('--no-segments', 'leave out the growth over segments')
  .addHelpText('after', '\nExamples:\n  npm run bench\n  npm run bench -- --data ../debian-packages --rows 100000');

const options = program.parse().opts<Options>();
const recallMin = Number(options.recall);

if (options.only !== 'generated') {
  const { packages, vectors } = await readDataset(options.data);
  const workload = await createWorkload(`Debian packages, ${packages.length} x ${DIMENSION}`, DIMENSION, vectors);
  if (isWanted('debian')) await compare(workload);
  if (isWanted('indexes')) await measureIndexes(workload);
  if (isWanted('filters')) await measureFilters(workload);
}
if (isWanted('generated')) {
  const rows = Number(options.rows);
  const name = `generated, ${rows} x ${GENERATED_DIMENSION}, seed ${SEED}`;
  await compare(await createWorkload(name, GENERATED_DIMENSION, generateVectors(rows, GENERATED_DIMENSION, SEED)));
}

function isWanted(part: NonNullable<Options['only']>): boolean {
  return options.only === undefined || options.only === part;
}

async function compare(workload: Workload): Promise<void> {
  console.log(`\n== ${workload.name}: cosine, k = ${NEIGHBOURS}, recall >= ${recallMin}`);
  progress('the stock usearch binding');
  const stock = await measureStock(workload, recallMin);
  progress('our addon');
  const own = await measureOwn(workload, recallMin);
  const served = new Map<DeploymentName, { readonly search: SearchResult; readonly server: FilledServer }>();
  for (const deployment of [ONE_PROCESS, CLUSTER]) {
    progress(deployment);
    await using server = await fillServer(deployment, workload, 1);
    served.set(deployment, { search: await measureSearch(server, workload, recallMin), server });
  }
  // The machine may have sped up or slowed down meanwhile: the baseline once more.
  progress('the stock usearch binding again');
  const stockAgain = await measureStock(workload, recallMin);
  const baselineUs = (stock.cpuUs + stockAgain.cpuUs) / 2;
  printRatios(baselineUs, own, served);
  printDirect('stock usearch, before', stock);
  printDirect('stock usearch, after', stockAgain);
  printDirect('our addon', own);
  for (const [deployment, { search, server }] of served) printServed(deployment, search, server);
  if (options.segments) await growth(workload);
}

function printRatios(
  baselineUs: number,
  own: DirectResult,
  served: ReadonlyMap<DeploymentName, { readonly search: SearchResult }>,
): void {
  console.log('CPU per query, all server processes together');
  console.log(`  our addon / stock usearch                 ${ratio(own.cpuUs, baselineUs)}`);
  for (const [deployment, { search }] of served) {
    console.log(`  ${`${deployment} / stock usearch`.padEnd(41)} ${ratio(search.serverCpuUs, baselineUs)}`);
    console.log(`  ${`${deployment} / our addon`.padEnd(41)} ${ratio(search.serverCpuUs, own.cpuUs)}`);
  }
}

function printDirect(name: string, result: DirectResult): void {
  console.log(
    `${name.padEnd(28)} ef ${String(result.expansion).padStart(3)}  recall ${result.recall.toFixed(3)}  ${result.cpuUs.toFixed(0).padStart(6)} us CPU/query  build ${result.buildCpuUs.toFixed(0)} us CPU/row`,
  );
}

function printServed(name: string, search: SearchResult, server: FilledServer): void {
  console.log(
    `${name.padEnd(28)} ef ${String(search.expansion).padStart(3)}  recall ${search.recall.toFixed(3)}  ${search.serverCpuUs.toFixed(0).padStart(6)} us CPU/query (client ${search.clientCpuUs.toFixed(0)})  ${search.queriesPerSecond.toFixed(0)} queries/s  p50 ${search.p50Ms.toFixed(2)} ms  p99 ${search.p99Ms.toFixed(2)} ms  event loop p99 ${search.eventLoopP99Ms.toFixed(1)} ms`,
  );
  console.log(
    `${''.padEnd(28)} insert ${server.insertRowsPerSecond.toFixed(0)} rows/s durable  memory ${server.memoryBytesPerRow.toFixed(0)} bytes/row`,
  );
}

async function growth(workload: Workload): Promise<void> {
  console.log('growth over segments, one process');
  let first: number | undefined;
  for (const segmentCount of SEGMENT_COUNTS) {
    progress(`${segmentCount} segments`);
    await using server = await fillServer(ONE_PROCESS, workload, segmentCount);
    const search = await measureSearch(server, workload, recallMin);
    first ??= search.serverCpuUs;
    console.log(
      `  ${String(segmentCount).padStart(2)} segments  ${ratio(search.serverCpuUs, first)} (root ${Math.sqrt(segmentCount).toFixed(1)})  ef ${search.expansion}  recall ${search.recall.toFixed(3)}  ${search.serverCpuUs.toFixed(0)} us CPU/query`,
    );
  }
}

function ratio(value: number, base: number): string {
  return `${(value / base).toFixed(2)} x`;
}

function progress(what: string): void {
  process.stderr.write(`  measuring ${what} ...\n`);
}
