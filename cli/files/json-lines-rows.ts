import { createInterface } from 'node:readline';
import { isRecord } from '../../core/rows/is-record.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import { openInput, sizeOfInput } from './open-input.ts';
import type { FileRow, RowReader } from './row-reader.ts';

/** A row each line; empty lines are passed over. */
export async function openJsonLines(file: string): Promise<RowReader> {
  return { total: await sizeOfInput(file), unit: 'bytes', rows: (fromLine) => rowsOf(file, fromLine) };
}

async function* rowsOf(file: string, fromLine: number): AsyncGenerator<FileRow> {
  let line = 0;
  let done = 0;
  for await (const text of createInterface({ input: openInput(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    done += Buffer.byteLength(text) + 1;
    if (line < fromLine || text.trim() === '') continue;
    yield { line, done, ...parsed(text) };
  }
}

function parsed(text: string): { readonly row: Record<string, unknown> } | { readonly fault: string } {
  try {
    const row = parseJson(text);
    return isRecord(row) ? { row: { ...row } } : { fault: 'it is no row {"field": value, ...}' };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
