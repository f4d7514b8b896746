import { once } from 'node:events';
import type { Command } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import type { ApiClient } from '../client/api-client.ts';
import { countRows, describeCollection } from '../client/collection-description.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { PartFile } from '../client/part-file.ts';
import { filterAfter, type Key, rowPages } from '../client/row-pages.ts';
import { printJson } from '../terminal/print-json.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';

interface ExportOptions extends ApiOptions {
  readonly filter: string;
  readonly output: string;
  readonly resume?: boolean;
  readonly force?: boolean;
}

export function defineExport(command: Command): void {
  addApiOptions(command.argument('<collection>').argument('<file>', 'JSON lines, a row each; - for standard output'))
    .option('--filter <expression>', 'only rows that pass', '')
    .option('--output <fields>', 'fields to write, separated by commas; the primary key is always there', '*')
    .option('--resume', 'go on where an export to this file was interrupted')
    .option('--force', 'replace the file, or what an interrupted export has left')
    .addHelpText(
      'after',
      `
Rows come by ascending primary key. Until all are written they are in <file>.part. An export is no snapshot: rows that
are written, changed or deleted meanwhile may be in it or not; all others are in it once.

Examples:
  braid export books books.jsonl
  braid export books books.jsonl --resume
  braid export books - --filter 'price < 10' --output title | head -3`,
    )
    .action(async (collection: string, file: string, options: ExportOptions) => {
      const client = await openApi(options);
      if (file === '-') return await exportToOutput(client, collection, options);
      const rows = await exportToFile(client, collection, file, options);
      if (options.json) printJson({ file, rows });
      else process.stdout.write(`${rows} rows of ${collection} written to ${file}\n`);
    });
}

async function exportToFile(
  client: ApiClient,
  collection: string,
  path: string,
  { filter, output, resume = false, force = false, json = false }: ExportOptions,
): Promise<number> {
  const primaryName = await primaryNameOf(client, collection);
  await using file = await PartFile.open(path, { resume, force });
  const after = file.lastLine === undefined ? undefined : keyOf(file.lastLine, primaryName, path);
  const total = await countRows(client, collection, filterAfter({ primaryName, filter }, after));
  using bar = new ProgressBar(collection, 'rows', total, json);
  let rows = 0;
  const outputFields = namesOf(output);
  for await (const lines of rowPages(client, { collection, primaryName, filter, outputFields, after })) {
    await file.append(lines);
    rows += lines.length;
    bar.update(rows);
  }
  await file.finish();
  return rows;
}

async function exportToOutput(client: ApiClient, collection: string, options: ExportOptions): Promise<void> {
  const primaryName = await primaryNameOf(client, collection);
  const request = { collection, primaryName, filter: options.filter, after: undefined };
  const gone = new AbortController();
  // Whoever reads may have had enough, as head has.
  process.stdout.on('error', () => gone.abort());
  for await (const lines of rowPages(client, { ...request, outputFields: namesOf(options.output) })) {
    if (gone.signal.aborted) return;
    if (!process.stdout.write(`${lines.join('\n')}\n`))
      await once(process.stdout, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
}

async function primaryNameOf(client: ApiClient, collection: string): Promise<string> {
  const { fields } = await describeCollection(client, collection);
  return fields.find((field) => field.primaryKey)!.name;
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
