import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { stringifyExactly } from '../../core/rows/int64.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import { describeCollection } from '../client/collection-description.ts';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';
import { parseCount } from '../terminal/parse-count.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

const CELL_CHARACTERS_MAX = 60;
const VECTOR_ELEMENTS_SHOWN = 3;

interface SearchOptions extends ApiOptions {
  readonly id?: string;
  readonly vector?: string;
  readonly text?: string;
  readonly field?: string;
  readonly filter?: string;
  readonly limit: number;
  readonly output?: string;
  readonly partitions?: string;
  readonly consistency?: string;
}

type Hit = Readonly<Record<string, unknown>>;

export function defineSearch(command: Command): void {
  addApiOptions(command.argument('<collection>'))
    .addOption(new Option('--id <key>', 'like the row with this primary key').conflicts(['vector', 'text']))
    .addOption(
      new Option('--vector <json>', 'like this vector: JSON, @file, or - for standard input').conflicts(['id', 'text']),
    )
    .addOption(new Option('--text <words>', 'by BM25, in a collection that has it').conflicts(['id', 'vector']))
    .option('--field <name>', 'vector field to search (needed where there are several)')
    .option('--filter <expression>', "rows that may be found, such as 'price < 10'")
    .option('--limit <count>', 'hits', parseCount, 10)
    .option('--output <fields>', 'fields to show, separated by commas; * for all')
    .option('--partitions <names>', 'only these, separated by commas')
    .option('--consistency <level>', "Strong, Bounded, Session or Eventually (default: the collection's)")
    .addHelpText(
      'after',
      `
Examples:
  braid search books --id 17 --limit 5 --output title
  braid search books --vector '[0.1, 0.2, 0.3, 0.4]' --filter 'title like "D%"'
  braid search books --text 'desert planet' --field title_sparse --json`,
    )
    .action(async (collectionName: string, options: SearchOptions) => {
      const queries = await queriesOf(options);
      const client = await openApi(options);
      const { fields } = await describeCollection(client, collectionName);
      const primary = fields.find((field) => field.primaryKey)!;
      const hits = await client.call<readonly Hit[]>('entities/search', {
        collectionName,
        ...(options.id === undefined
          ? queries
          : { ids: [primary.type === 'Int64' ? integerOf(options.id) : options.id] }),
        limit: options.limit,
        ...(options.field !== undefined && { annsField: options.field }),
        ...(options.filter !== undefined && { filter: options.filter }),
        ...(options.output !== undefined && { outputFields: namesOf(options.output) }),
        ...(options.partitions !== undefined && { partitionNames: namesOf(options.partitions) }),
        ...(options.consistency !== undefined && { consistencyLevel: options.consistency }),
      });
      if (options.json) printJson(hits);
      else printHits(hits, primary.name);
    });
}

/** What is searched for; empty when it is a row. */
async function queriesOf({ id, vector, text }: SearchOptions): Promise<{ readonly data?: readonly unknown[] }> {
  if (id !== undefined) return {};
  if (text !== undefined) return { data: [text] };
  if (vector === undefined)
    throw new BraidError('parameterMissing', 'say what to search for: --id, --vector or --text');
  const json = await readVector(vector);
  try {
    return { data: [parseJson(json)] };
  } catch (cause) {
    throw new BraidError('parameterInvalid', `--vector: ${(cause as Error).message}`, { cause });
  }
}

async function readVector(vector: string): Promise<string> {
  const file = vector === '-' ? '/dev/stdin' : vector.startsWith('@') ? vector.slice(1) : undefined;
  if (file === undefined) return vector;
  return await readFile(file, 'utf8').catch((cause: Error) => {
    throw new BraidError('parameterInvalid', `--vector: ${file} cannot be read: ${cause.message}`, { cause });
  });
}

function integerOf(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new BraidError('parameterInvalid', `--id: ${text} is not an integer`);
  return BigInt(text);
}

function namesOf(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}

function printHits(hits: readonly Hit[], primaryName: string): void {
  if (hits.length === 0) {
    process.stdout.write('no hits\n');
    return;
  }
  // The key comes under its name and once more as `id`.
  const first = [primaryName, 'distance'];
  const names = new Set(hits.flatMap((hit) => Object.keys(hit)));
  const others = [...names].filter((name) => !first.includes(name) && name !== 'id');
  const columns = [...first, ...others];
  printTable(
    columns,
    hits.map((hit) => columns.map((name) => cellOf(hit[name]))),
  );
}

function cellOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value) && value.length > VECTOR_ELEMENTS_SHOWN && typeof value[0] === 'number')
    return `[${value.slice(0, VECTOR_ELEMENTS_SHOWN).join(', ')}, … ${value.length}]`;
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ') : stringifyExactly(value);
  return text.length > CELL_CHARACTERS_MAX ? `${text.slice(0, CELL_CHARACTERS_MAX - 1)}…` : text;
}
