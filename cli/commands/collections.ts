import type { Command } from 'commander';
import type { ApiClient } from '../client/api-client.ts';
import {
  type CollectionDescription,
  describeCollection,
  type FieldDescription,
} from '../client/collection-description.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

interface CollectionRow {
  readonly name: string;
  readonly rows: number;
  readonly load: string;
  readonly fields: number;
  readonly indexes: readonly string[];
  readonly aliases: readonly string[];
}

export function defineCollections(command: Command): void {
  addApiOptions(command.argument('[collection]', 'describe this one'))
    .addHelpText(
      'after',
      `
Examples:
  braid collections                         all of them, with their rows and whether they are loaded
  braid collections books                   fields, indexes and partitions of one
  braid collections --database shop --json`,
    )
    .action(async (name: string | undefined, options: ApiOptions) => {
      const client = await openApi(options);
      await (name === undefined ? listAll(client, options) : describeOne(client, name, options));
    });
}

async function listAll(client: ApiClient, { database, json }: ApiOptions): Promise<void> {
  const names = await client.call<readonly string[]>('collections/list');
  const rows: CollectionRow[] = [];
  for (const name of [...names].sort()) {
    const description = await describeCollection(client, name);
    rows.push({
      name,
      rows: await storedRows(client, name),
      load: description.load,
      fields: description.fields.length,
      indexes: description.indexes.map(({ fieldName, metricType }) => [fieldName, metricType].join(' ').trim()),
      aliases: description.aliases ?? [],
    });
  }
  if (json) return printJson(rows);
  if (rows.length === 0) {
    process.stdout.write(`no collections in database ${database}\n`);
    return;
  }
  printTable(
    ['collection', 'rows', 'state', 'fields', 'indexes', 'aliases'],
    rows.map((row) => [
      row.name,
      String(row.rows),
      loadWords(row.load),
      String(row.fields),
      row.indexes.join(', '),
      row.aliases.join(', '),
    ]),
  );
}

async function describeOne(client: ApiClient, name: string, { json }: ApiOptions): Promise<void> {
  const description = await describeCollection(client, name);
  const partitions = await client.call<readonly string[]>('partitions/list', { collectionName: name });
  const rows = await storedRows(client, name);
  if (json) return printJson({ ...description, rows, partitions });
  const facts = [
    loadWords(description.load),
    `${rows} rows`,
    `consistency ${description.consistencyLevel}`,
    ...(description.enableDynamicField ? ['dynamic fields'] : []),
  ];
  process.stdout.write(`${description.collectionName}: ${facts.join(', ')}\n\n`);
  printFields(description);
  if (description.indexes.length > 0) {
    process.stdout.write('\n');
    printTable(
      ['index', 'field', 'metric'],
      description.indexes.map((index) => [index.indexName, index.fieldName, index.metricType]),
    );
  }
  process.stdout.write(`\npartitions: ${partitions.join(', ')}\n`);
}

function printFields({ fields, functions = [] }: CollectionDescription): void {
  const madeBy = new Map(functions.flatMap((one) => one.outputFieldNames.map((field) => [field, one] as const)));
  printTable(
    ['field', 'type', 'parameters', ''],
    fields.map((field) => {
      const maker = madeBy.get(field.name);
      const marks = [
        ...(field.primaryKey ? ['primary key'] : []),
        ...(field.autoId ? ['made by Braid'] : []),
        ...(field.partitionKey ? ['partition key'] : []),
        ...(field.nullable ? ['nullable'] : []),
        ...(maker ? [`${maker.name} of ${maker.inputFieldNames.join(', ')}`] : []),
      ];
      return [field.name, typeOf(field), parametersOf(field), marks.join(', ')];
    }),
  );
}

function typeOf({ type, elementType }: FieldDescription): string {
  return elementType ? `${type} of ${elementType}` : type;
}

function parametersOf({ params = [] }: FieldDescription): string {
  return params.map(({ key, value }) => `${key}=${value}`).join(' ');
}

async function storedRows(client: ApiClient, collectionName: string): Promise<number> {
  return (await client.call<{ readonly rowCount: number }>('collections/get_stats', { collectionName })).rowCount;
}

/** `LoadStateNotLoad` as a person says it. */
function loadWords(state: string): string {
  const words: Readonly<Record<string, string>> = {
    LoadStateLoaded: 'loaded',
    LoadStateLoading: 'loading',
    LoadStateNotLoad: 'not loaded',
  };
  return words[state] ?? state;
}
