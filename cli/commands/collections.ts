import type { Command } from 'commander';
import type { ApiClient } from '../client/api-client.ts';
import {
  type CollectionDescription,
  describeCollection,
  type FieldDescription,
  storedRows,
} from '../client/collection-description.ts';
import { listCollections } from '../client/collection-list.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { paint } from '../terminal/paint.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';
import { defineCollectionActions } from './collection-actions.ts';

export function defineCollections(command: Command): void {
  addApiOptions(command.argument('[collection]', 'describe this one'))
    .addHelpText(
      'after',
      `
Without an action: list, or describe the collection that is named.

Examples:
  braid collections                         all of them, with their rows and whether they are loaded
  braid collections books                   fields, indexes and partitions of one
  braid collections load books --replicas 2
  braid collections drop books              asks first; --yes where nobody can be asked
  braid collections --database shop --json`,
    )
    .action(async (name: string | undefined, options: ApiOptions) => {
      const client = await openApi(options);
      await (name === undefined ? listAll(client, options) : describeOne(client, name, options));
    });
  const list = command
    .command('list')
    .description('all of them, with their rows and whether they are loaded')
    .action(async () => {
      const options = list.optsWithGlobals<ApiOptions>();
      await listAll(await openApi(options), options);
    });
  const describe = command
    .command('describe')
    .description('fields, indexes and partitions of one')
    .argument('<collection>')
    .action(async (name: string) => {
      const options = describe.optsWithGlobals<ApiOptions>();
      await describeOne(await openApi(options), name, options);
    });
  defineCollectionActions(command);
}

async function listAll(client: ApiClient, { database, json }: ApiOptions): Promise<void> {
  const rows = await listCollections(client);
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

function printFields({ fields, structFields = [], functions = [] }: CollectionDescription): void {
  const madeBy = new Map(functions.flatMap((one) => one.outputFieldNames.map((field) => [field, one] as const)));
  const marksOf = (field: FieldDescription): string => {
    const maker = madeBy.get(field.name);
    const marks = [
      ...(field.primaryKey ? ['primary key'] : []),
      ...(field.autoId ? ['made by Braid'] : []),
      ...(field.partitionKey ? ['partition key'] : []),
      ...(field.nullable ? ['nullable'] : []),
      ...(maker ? [`${maker.name} of ${maker.inputFieldNames.join(', ')}`] : []),
    ];
    return marks.join(', ');
  };
  const rowOf = (field: FieldDescription, name = field.name) => [
    name,
    typeOf(field),
    parametersOf(field),
    marksOf(field),
  ];
  printTable(
    ['field', 'type', 'parameters', ''],
    [
      ...fields.map((field) => rowOf(field)),
      ...structFields.flatMap((struct) => [
        [struct.name, 'Array of Struct', parametersOf(struct), ''],
        ...struct.fields.map((field) => rowOf(field, `${struct.name}[${field.name}]`)),
      ]),
    ],
  );
}

function typeOf({ type, elementType }: FieldDescription): string {
  return elementType ? `${type} of ${elementType}` : type;
}

function parametersOf({ params = [] }: Pick<FieldDescription, 'params'>): string {
  return params.map(({ key, value }) => `${key}=${value}`).join(' ');
}

/** `LoadStateNotLoad` as a person says it. */
function loadWords(state: string): string {
  const words: Readonly<Record<string, string>> = {
    LoadStateLoaded: paint('loaded', 'good'),
    LoadStateLoading: paint('loading', 'poor'),
    LoadStateNotLoad: paint('not loaded', 'quiet'),
  };
  return words[state] ?? state;
}
