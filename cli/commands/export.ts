import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import type { ApiClient } from '../client/api-client.ts';
import { type CollectionDescription, countRows, describeCollection } from '../client/collection-description.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { PartFile } from '../client/part-file.ts';
import { filterAfter, type Key, type RowPage, rowPages } from '../client/row-pages.ts';
import { FILE_FORMATS, type FileFormat, formatOf } from '../files/file-format.ts';
import { openEncoder } from '../files/row-encoder.ts';
import { Interruption } from '../terminal/interruption.ts';
import { printJson } from '../terminal/print-json.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';

interface ExportOptions extends ApiOptions {
  readonly format?: FileFormat;
  readonly filter: string;
  readonly output: string;
  readonly partitions?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

/** What to write, and in which form. */
interface Export {
  readonly description: CollectionDescription;
  readonly primaryName: string;
  readonly format: FileFormat;
  readonly outputFields: readonly string[];
  readonly pages: (after: Key | undefined) => AsyncGenerator<RowPage>;
}

export function defineExport(command: Command): void {
  addApiOptions(command.argument('<collection>').argument('<file>', '.jsonl, .csv or .parquet; - for standard output'))
    .addOption(new Option('--format <format>', 'of the file (default: as its name ends; jsonl)').choices(FILE_FORMATS))
    .option('--filter <expression>', 'only rows that pass', '')
    .option('--output <fields>', 'fields to write, separated by commas; the primary key is always there', '*')
    .option('--partitions <names>', 'only rows of these, separated by commas')
    .option('--resume', 'go on where an export of JSON lines to this file was interrupted')
    .option('--force', 'replace the file, or what an interrupted export has left')
    .addHelpText(
      'after',
      `
Rows come by ascending primary key. Until all are written they are in <file>.part. An export is no snapshot: rows that
are written, changed or deleted meanwhile may be in it or not; all others are in it once. Some megabytes are in memory at
a time. braid import takes all three forms back without loss; vectors that functions make (BM25) are not written.

Examples:
  braid export books books.parquet
  braid export books books.jsonl --resume
  braid export books - --format csv --filter 'price < 10' --output title | head -3`,
    )
    .action(async (collection: string, file: string, options: ExportOptions) => {
      const client = await openApi(options);
      const wanted = await wantedOf(client, collection, file, options);
      if (file === '-') return await exportToOutput(wanted);
      using interruption = new Interruption();
      const rows = await exportToFile(client, wanted, file, options, interruption);
      if (interruption.isAsked) return;
      if (options.json) printJson({ file, format: wanted.format, rows });
      else process.stdout.write(`${rows} rows of ${collection} written to ${file}\n`);
    });
}

async function wantedOf(client: ApiClient, collection: string, file: string, options: ExportOptions): Promise<Export> {
  const { filter, partitions, resume } = options;
  const format = formatOf(file, options.format);
  if (resume && format !== 'jsonl')
    throw new BraidError('parameterInvalid', `--resume is for JSON lines, ${file} is ${format}: --force begins again`);
  const description = await describeCollection(client, collection);
  const primaryName = description.fields.find((field) => field.primaryKey)!.name;
  const outputFields = namesOf(options.output);
  const request = {
    collection,
    primaryName,
    filter,
    outputFields,
    ...(partitions && { partitions: namesOf(partitions) }),
  };
  return { description, primaryName, format, outputFields, pages: (after) => rowPages(client, { ...request, after }) };
}

async function exportToFile(
  client: ApiClient,
  { description, primaryName, format, outputFields, pages }: Export,
  path: string,
  { filter, partitions, resume = false, force = false, json = false }: ExportOptions,
  interruption: Interruption,
): Promise<number> {
  await using file = await PartFile.open(path, { resume, force });
  const after = file.lastLine === undefined ? undefined : keyOf(file.lastLine, primaryName, path);
  const { collectionName } = description;
  const passing = filterAfter({ primaryName, filter }, after);
  const total = await countRows(client, collectionName, passing, partitions === undefined ? [] : namesOf(partitions));
  using bar = new ProgressBar(collectionName, 'rows', total, json);
  const encoder = await openEncoder(format, description, outputFields);
  let rows = 0;
  for await (const page of pages(after)) {
    await file.append(await encoder.encode(page));
    rows += page.rows.length;
    bar.update(rows);
    if (!interruption.isAsked) continue;
    bar[Symbol.dispose]();
    const goOn = format === 'jsonl' ? '--resume goes on there' : '--force begins again';
    process.stderr.write(`interrupted after ${rows} rows, which are in ${path}.part: ${goOn}\n`);
    return rows;
  }
  await file.append(await encoder.end());
  await file.finish();
  return rows;
}

async function exportToOutput({ description, format, outputFields, pages }: Export): Promise<void> {
  const gone = new AbortController();
  // Whoever reads may have had enough, as head has.
  process.stdout.on('error', () => gone.abort());
  const write = async (data: string | Uint8Array): Promise<void> => {
    if (!gone.signal.aborted && !process.stdout.write(data))
      await once(process.stdout, 'drain', { signal: gone.signal }).catch(() => undefined);
  };
  const encoder = await openEncoder(format, description, outputFields);
  for await (const page of pages(undefined)) {
    await write(await encoder.encode(page));
    if (gone.signal.aborted) return;
  }
  await write(await encoder.end());
}

function keyOf(line: string, primaryName: string, path: string): Key {
  const key = (parseJson(line) as Readonly<Record<string, Key>>)[primaryName];
  if (key === undefined)
    throw new BraidError('parameterInvalid', `${path}.part has rows without ${primaryName}: --force begins again`);
  return key;
}

function namesOf(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
