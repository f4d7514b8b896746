import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../core/backoff.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import { isRecord } from '../../core/rows/is-record.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import type { ApiClient } from './api-client.ts';
import { type CollectionDescription, describeCollection } from './collection-description.ts';
import { CLIENT_LIMITS } from './limits.ts';

export interface FileToInsert {
  readonly collection: string;
  readonly partition: string | undefined;
  /** Path of JSON lines; `-`: standard input. */
  readonly file: string;
  readonly upsert: boolean;
  /** Counted from 1. */
  readonly fromLine: number;
  readonly quiet: boolean;
}

interface Batch {
  rows: Record<string, unknown>[];
  characters: number;
  readonly firstLine: number;
}

/**
 * Inserts the rows of a file in batches, one after the other, and resolves to their number. Refusals because the server has too much to do are waited out.
 * Any other error says in which lines the batch lay that failed: all before it are in.
 */
export async function insertFile(client: ApiClient, wanted: FileToInsert): Promise<number> {
  const made = madeByServer(await describeCollection(client, wanted.collection));
  const { size } = wanted.file === '-' ? { size: 0 } : await stat(wanted.file).catch(unreadable(wanted.file));
  const input = wanted.file === '-' ? process.stdin : createReadStream(wanted.file);
  using bar = new ProgressBar(wanted.file, 'bytes', size, wanted.quiet || wanted.file === '-');
  let line = 0;
  let rowCount = 0;
  let characters = 0;
  let batch: Batch = { rows: [], characters: 0, firstLine: wanted.fromLine };
  const send = async (): Promise<void> => {
    if (batch.rows.length > 0) await sendBatch(client, wanted, batch, line);
    rowCount += batch.rows.length;
    batch = { rows: [], characters: 0, firstLine: line + 1 };
    bar.update(characters);
  };
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    characters += text.length + 1;
    if (line < wanted.fromLine || text.trim() === '') continue;
    batch.rows.push(rowOf(text, wanted, line, batch, made));
    batch.characters += text.length;
    if (batch.rows.length >= CLIENT_LIMITS.batchRowsMax || batch.characters >= CLIENT_LIMITS.batchCharactersMax)
      await send();
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

function unreadable(file: string) {
  return (cause: Error): never => {
    throw new BraidError('parameterInvalid', `${file} cannot be read: ${cause.message}`, { cause });
  };
}

function rowOf(
  text: string,
  { file }: FileToInsert,
  line: number,
  { firstLine }: Batch,
  made: readonly string[],
): Record<string, unknown> {
  const goOn = `nothing from line ${firstLine} on was inserted (--from-line ${firstLine} goes on there)`;
  let row: unknown;
  try {
    row = parseJson(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `${file}, line ${line}: ${(cause as Error).message}; ${goOn}`, { cause });
  }
  if (!isRecord(row))
    throw new BraidError('parameterInvalid', `${file}, line ${line} is no row {"field": value, ...}; ${goOn}`);
  for (const name of made) delete row[name];
  return row;
}

async function sendBatch(client: ApiClient, wanted: FileToInsert, batch: Batch, lastLine: number): Promise<void> {
  const { collection, partition, upsert, file } = wanted;
  const body = {
    collectionName: collection,
    ...(partition !== undefined && { partitionName: partition }),
    data: batch.rows,
  };
  const backoff = new Backoff(CLIENT_LIMITS.refusedWaitMsMin, CLIENT_LIMITS.refusedWaitMsMax);
  for (let attempt = 1; ; attempt++) {
    try {
      await client.call(`entities/${upsert ? 'upsert' : 'insert'}`, body);
      return;
    } catch (thrown) {
      const error = toBraidError(thrown);
      const isRefused = error.kind === 'rateLimited' || error.kind === 'tooManyRequests';
      if (!isRefused || attempt === CLIENT_LIMITS.refusedAttemptsMax) {
        const where = `${file}, lines ${batch.firstLine} to ${lastLine}`;
        const goOn = `rows before these are in: --from-line ${batch.firstLine} goes on there`;
        throw new BraidError(error.kind, `${where}: ${error.message}; ${goOn}`, { cause: thrown });
      }
      await sleep(backoff.nextMs());
    }
  }
}
