import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { toBraidError } from '../../core/errors.ts';
import { managementAddress } from '../client/addresses.ts';
import type { ApiClient } from '../client/api-client.ts';
import { followImport, type ImportJob } from '../client/import-job.ts';
import { importJobs, indexBuilds, type Job, writerJobs } from '../client/job-list.ts';
import { managementPage } from '../client/management-page.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { readToken } from '../client/read-token.ts';
import type { JobsPage } from '../compose/page-shapes.ts';
import { Interruption } from '../terminal/interruption.ts';
import { paint, type Tone } from '../terminal/paint.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

const WATCH_INTERVAL_MS = 1_000;
/** CSI sequences (ECMA-48): to the first line, and clear all below. */
const CLEAR_SCREEN = '\u001b[H\u001b[J';
const TONES: Readonly<Record<Job['state'], Tone>> = { pending: 'quiet', running: 'poor', done: 'good', failed: 'bad' };

const KINDS = ['import', 'seal', 'compaction', 'index'] as const;
type Kind = (typeof KINDS)[number];

interface JobsOptions extends ApiOptions {
  readonly collection?: string;
  readonly management?: string;
  readonly kind?: Kind;
  readonly running?: boolean;
  readonly watch?: boolean;
  readonly wait?: boolean;
}

export function defineJobs(command: Command): void {
  addApiOptions(command.argument('[job]', 'id of an import, to see its files'))
    .option(
      '--management <host:port>',
      'management port of a router, for seals and compactions (default: that of the settings)',
    )
    .option('--collection <name>', 'only those of this collection')
    .addOption(new Option('--kind <kind>', 'only these').choices(KINDS))
    .option('--running', 'only those that have not ended')
    .option('--watch', 'show them again every second until all have ended')
    .option('--wait', 'with an id: wait until it has ended, with a bar; exit code 1 if it failed')
    .addHelpText(
      'after',
      `
Imports, what the writer seals and merges (since it leads), and for each index whether rows wait to be rewritten for it.

Examples:
  braid jobs
  braid jobs --running --watch
  braid jobs 451 --wait
  braid jobs --collection books --kind index --json`,
    )
    .action(async (id: string | undefined, options: JobsOptions) => {
      const client = await openApi(options);
      if (id === undefined) return await (options.watch ? watch(client, options) : list(client, options));
      const job = options.wait
        ? await followImport(client, id, { quiet: options.json ?? false })
        : await client.call<ImportJob>('jobs/import/describe', { jobId: id });
      if (options.json) printJson(job);
      else printJob(job);
    });
}

async function list(client: ApiClient, options: JobsOptions): Promise<void> {
  const jobs = await jobsOf(client, options);
  if (options.json) printJson(jobs);
  else print(jobs);
}

async function watch(client: ApiClient, options: JobsOptions): Promise<void> {
  using interruption = new Interruption();
  for (;;) {
    const jobs = await jobsOf(client, options);
    if (process.stdout.isTTY) process.stdout.write(CLEAR_SCREEN);
    if (options.json) printJson(jobs);
    else print(jobs);
    const isOver = jobs.every(({ state }) => state === 'done' || state === 'failed');
    if (isOver || interruption.isAsked) return;
    await sleep(WATCH_INTERVAL_MS, undefined, { signal: interruption.signal }).catch(() => undefined);
    if (interruption.isAsked) return;
  }
}

async function jobsOf(client: ApiClient, options: JobsOptions): Promise<readonly Job[]> {
  const { kind, collection, running = false } = options;
  const wants = (one: Kind): boolean => kind === undefined || kind === one;
  const jobs = [
    ...(wants('import') ? await importJobs(client) : []),
    ...(wants('seal') || wants('compaction') ? await jobsOfWriter(options) : []),
    ...(wants('index') ? await buildsOf(client, collection) : []),
  ];
  return jobs.filter(
    (job) =>
      (collection === undefined || job.collection === collection) &&
      (kind === undefined || job.kind.startsWith(kind)) &&
      (!running || job.state === 'pending' || job.state === 'running'),
  );
}

async function buildsOf(client: ApiClient, collection: string | undefined): Promise<Job[]> {
  const names = collection === undefined ? await client.call<readonly string[]>('collections/list') : [collection];
  const builds: Job[] = [];
  for (const name of names) builds.push(...(await indexBuilds(client, name)));
  return builds;
}

/** The Milvus API does not list them. Where `--address` names another server, the management port of these settings is none of its. */
async function jobsOfWriter(options: JobsOptions): Promise<Job[]> {
  const { address, management, config, kind } = options;
  if (address !== undefined && management === undefined && kind === undefined) return [];
  try {
    const where = await managementAddress({ ...(config && { config }), ...(management && { address: management }) });
    return writerJobs(await managementPage<JobsPage>(where, '/jobs', await readToken(options)));
  } catch (thrown) {
    if (kind !== undefined) throw thrown;
    process.stderr.write(`seals and compactions are not shown: ${toBraidError(thrown).message} (here: --management)\n`);
    return [];
  }
}

function print(jobs: readonly Job[]): void {
  if (jobs.length === 0) {
    process.stdout.write('no jobs\n');
    return;
  }
  printTable(
    ['job', 'kind', 'collection', 'state', 'progress', 'note'],
    jobs.map((job) => [
      job.id,
      job.kind,
      job.collection,
      paint(job.state, TONES[job.state]),
      job.progress === undefined ? '' : `${job.progress} %`,
      job.note,
    ]),
  );
}

function printJob(job: ImportJob): void {
  const { jobId, collectionName, state, progress, importedRows = 0, reason } = job;
  process.stdout.write(`${jobId} into ${collectionName}: ${state}, ${progress} %, ${importedRows} rows imported\n`);
  if (reason) process.stdout.write(`${reason}\n`);
  if (!job.details?.length) return;
  process.stdout.write('\n');
  printTable(
    ['file', 'bytes', 'progress', 'rows imported', 'rows'],
    job.details.map((file) => [
      file.fileName,
      String(file.fileSize),
      `${file.progress} %`,
      String(file.importedRows),
      String(file.totalRows),
    ]),
  );
}
