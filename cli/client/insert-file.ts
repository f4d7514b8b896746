import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../core/backoff.ts';
import { BraidError, type ErrorName, toBraidError } from '../../core/errors.ts';
import { stringifyExactly } from '../../core/rows/int64.ts';
import type { FileFormat } from '../files/file-format.ts';
import { openRows } from '../files/row-reader.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import type { ApiClient } from './api-client.ts';
import { type CollectionDescription, describeCollection } from './collection-description.ts';
import { CLIENT_LIMITS } from './limits.ts';

export interface FileToInsert {
  readonly collection: string;
  readonly partition: string | undefined;
  /** A path; `-`: standard input. */
  readonly file: string;
  readonly format: FileFormat;
  readonly upsert: boolean;
  /** Counted from 1; in Parquet a row. */
  readonly fromLine: number;
  readonly quiet: boolean;
}

interface PlacedRow {
  readonly line: number;
  readonly row: Record<string, unknown>;
}

/**
 * Inserts the rows of a file in their order, batch after batch, and resolves to their number. Refusals because the server has too much to do are waited out. A row that is wrong is
 * named by its line, and all rows before it are in. When `signal` aborts, what was read is sent, and standard error says where to go on.
 */
export async function insertFile(client: ApiClient, wanted: FileToInsert, signal: AbortSignal): Promise<number> {
  const { file, format, fromLine, quiet } = wanted;
  const description = await describeCollection(client, wanted.collection);
  const made = madeByServer(description);
  const reader = await openRows(format, file, description);
  using bar = new ProgressBar(file, reader.unit, reader.total, quiet);
  let batch: PlacedRow[] = [];
  let characters = 0;
  let rowCount = 0;
  const send = async (): Promise<void> => {
    await insertRows(client, wanted, batch);
    rowCount += batch.length;
    batch = [];
    characters = 0;
  };
  for await (const { line, row, fault, done } of reader.rows(fromLine)) {
    if (fault !== undefined || signal.aborted) {
      await send();
      if (fault !== undefined) throw wrongAt(wanted, line, fault, 'parameterInvalid');
      process.stderr.write(`interrupted after ${rowCount} rows: ${goOnAt(line)}\n`);
      return rowCount;
    }
    for (const name of made) delete row[name];
    batch.push({ line, row });
    characters += stringifyExactly(row).length;
    if (batch.length < CLIENT_LIMITS.batchRowsMax && characters < CLIENT_LIMITS.batchCharactersMax) continue;
    await send();
    bar.update(done);
  }
  await send();
  return rowCount;
}

/** Names of fields that an insert may not have. */
function madeByServer({ fields, functions = [] }: CollectionDescription): readonly string[] {
  return [
    ...fields.filter((field) => field.autoId).map((field) => field.name),
    ...functions.flatMap((one) => one.outputFieldNames),
  ];
}

/** A server's refusals that another try, or another moment, would not change. */
const ROW_FAULTS: ReadonlySet<ErrorName> = new Set([
  'parameterInvalid',
  'parameterMissing',
  'parameterTooLarge',
  'restInsertInvalid',
  'restBadJson',
]);

/** All rows, or those before the first one that is wrong: which it is shows when halves are sent alone. */
async function insertRows(client: ApiClient, wanted: FileToInsert, rows: readonly PlacedRow[]): Promise<void> {
  if (rows.length === 0) return;
  try {
    await sendBatch(client, wanted, rows);
  } catch (thrown) {
    const error = toBraidError(thrown);
    const [first] = rows;
    if (!ROW_FAULTS.has(error.kind)) {
      const where = `${wanted.file}, lines ${first!.line} to ${rows.at(-1)!.line}`;
      const unknown = 'whether these rows are in is not known';
      const goOn = `all rows before them are: --from-line ${first!.line} --upsert goes on there and does no harm`;
      throw new BraidError(error.kind, `${where}: ${error.message}; ${unknown}, ${goOn}`, { cause: thrown });
    }
    // Sent alone it is the server's row 0.
    if (rows.length === 1) throw wrongAt(wanted, first!.line, error.message.replace(/,? row 0\b/, ''), error.kind);
    const middle = rows.length >> 1;
    await insertRows(client, wanted, rows.slice(0, middle));
    await insertRows(client, wanted, rows.slice(middle));
  }
}

function wrongAt({ file, format }: FileToInsert, line: number, fault: string, kind: ErrorName): BraidError {
  const place = format === 'parquet' ? 'row' : 'line';
  return new BraidError(kind, `${file}, ${place} ${line}: ${fault}; ${goOnAt(line)}`);
}

function goOnAt(line: number): string {
  return `all rows before it are in, --from-line ${line} goes on there`;
}

async function sendBatch(client: ApiClient, wanted: FileToInsert, rows: readonly PlacedRow[]): Promise<void> {
  const { collection, partition, upsert } = wanted;
  const body = {
    collectionName: collection,
    ...(partition !== undefined && { partitionName: partition }),
    data: rows.map(({ row }) => row),
  };
  const backoff = new Backoff(CLIENT_LIMITS.refusedWaitMsMin, CLIENT_LIMITS.refusedWaitMsMax);
  for (let attempt = 1; ; attempt++) {
    try {
      await client.call(`entities/${upsert ? 'upsert' : 'insert'}`, body);
      return;
    } catch (thrown) {
      const { kind } = toBraidError(thrown);
      const isRefused = kind === 'rateLimited' || kind === 'tooManyRequests';
      if (!isRefused || attempt === CLIENT_LIMITS.refusedAttemptsMax) throw thrown;
      await sleep(backoff.nextMs());
    }
  }
}
