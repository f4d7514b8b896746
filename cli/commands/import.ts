import { type Command, Option } from 'commander';
import { BraidError } from '../../core/errors.ts';
import type { ApiClient } from '../client/api-client.ts';
import { followImport } from '../client/import-job.ts';
import { insertFile } from '../client/insert-file.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { FILE_FORMATS, type FileFormat, formatOf } from '../files/file-format.ts';
import { Interruption } from '../terminal/interruption.ts';
import { parseCount } from '../terminal/parse-count.ts';
import { printJson } from '../terminal/print-json.ts';

interface ImportOptions extends ApiOptions {
  readonly partition?: string;
  readonly storage?: boolean;
  readonly wait: boolean;
  readonly upsert?: boolean;
  readonly fromLine: number;
  readonly format?: FileFormat;
}

export function defineImport(command: Command): void {
  addApiOptions(command.argument('<collection>').argument('<files...>'))
    .addOption(
      new Option('--format <format>', 'of files of this machine (default: as the name ends; jsonl)').choices(
        FILE_FORMATS,
      ),
    )
    .option('--storage', 'the files lie in the storage: an import job reads them (Parquet, JSON, CSV), all or nothing')
    .option('--no-wait', 'with --storage: only begin the job; braid jobs shows it')
    .option('--partition <name>', 'insert into this partition')
    .option('--upsert', 'replace rows that are there already, so that a repetition does no harm')
    .option('--from-line <number>', 'begin one file of this machine at this line (Parquet: row)', parseCount, 1)
    .addHelpText(
      'after',
      `
Files of this machine are JSON lines, CSV or Parquet, as braid export writes them; - is standard input. Their rows are
inserted in batches and can be found at once. An import that fails names the line that is wrong; all rows before it are
in, and --from-line goes on there. What Braid makes itself (ids of autoID, BM25 vectors) is left out of the rows. In CSV
an empty cell is null and "" is an empty text; vectors, arrays and structs are JSON.
Files of the storage are named by their path below its folder (storage.with.path).

Examples:
  braid import books books.parquet
  braid import books more.jsonl --from-line 20001
  braid export books - | braid import copy -
  braid import books --storage imports/books.parquet`,
    )
    .action(async (collection: string, files: readonly string[], options: ImportOptions) => {
      const client = await openApi(options);
      await (options.storage ? importFromStorage : importFromHere)(client, collection, files, options);
    });
}

async function importFromStorage(
  client: ApiClient,
  collectionName: string,
  files: readonly string[],
  { partition, wait, json = false }: ImportOptions,
): Promise<void> {
  const { jobId } = await client.call<{ readonly jobId: string }>('jobs/import/create', {
    collectionName,
    files: files.map((file) => [file]),
    ...(partition !== undefined && { partitionName: partition }),
  });
  if (!wait) {
    if (json) printJson({ jobId });
    else process.stdout.write(`job ${jobId} has begun: braid jobs ${jobId} --wait\n`);
    return;
  }
  const job = await followImport(client, jobId, { quiet: json });
  if (json) printJson(job);
  else process.stdout.write(`${job.importedRows ?? 0} rows imported into ${collectionName} by job ${jobId}\n`);
}

async function importFromHere(
  client: ApiClient,
  collection: string,
  files: readonly string[],
  { partition, upsert = false, fromLine, format, json = false }: ImportOptions,
): Promise<void> {
  if (fromLine > 1 && files.length > 1)
    throw new BraidError('parameterInvalid', '--from-line is for one file: name only that one');
  // All names are looked at before the first row is sent.
  const formats = files.map((file) => formatOf(file, format));
  using interruption = new Interruption();
  const { signal } = interruption;
  let rows = 0;
  for (const [place, file] of files.entries()) {
    const wanted = { collection, partition, file, format: formats[place]!, upsert, fromLine, quiet: json };
    rows += await insertFile(client, wanted, signal);
    if (interruption.isAsked) return;
  }
  if (json) printJson({ rows });
  else process.stdout.write(`${rows} rows ${upsert ? 'upserted' : 'inserted'} into ${collection}\n`);
}
