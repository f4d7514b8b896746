import type { Command } from 'commander';
import type { ApiClient } from '../client/api-client.ts';
import { followImport, type ImportJob } from '../client/import-job.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

interface JobsOptions extends ApiOptions {
  readonly collection?: string;
  readonly wait?: boolean;
}

export function defineJobs(command: Command): void {
  addApiOptions(command.argument('[job]', 'id of one, to see its files'))
    .option('--collection <name>', 'only those into this collection')
    .option('--wait', 'with an id: wait until it has ended, with a bar; exit code 1 if it failed')
    .addHelpText('after', '\nExamples:\n  braid jobs\n  braid jobs 451 --wait\n  braid jobs --collection books --json')
    .action(async (id: string | undefined, options: JobsOptions) => {
      const client = await openApi(options);
      if (id === undefined) return await list(client, options);
      const job = options.wait
        ? await followImport(client, id, { quiet: options.json ?? false })
        : await client.call<ImportJob>('jobs/import/describe', { jobId: id });
      if (options.json) printJson(job);
      else printJob(job);
    });
}

async function list(client: ApiClient, { collection, json }: JobsOptions): Promise<void> {
  const body = collection === undefined ? {} : { collectionName: collection };
  const { records } = await client.call<{ readonly records: readonly ImportJob[] }>('jobs/import/list', body);
  if (json) return printJson(records);
  if (records.length === 0) {
    process.stdout.write('no imports; braid import makes them\n');
    return;
  }
  printTable(
    ['job', 'collection', 'state', 'progress', 'reason'],
    records.map((job) => [job.jobId, job.collectionName, job.state, `${job.progress} %`, job.reason ?? '']),
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
