import type { ColumnBatch } from '../../../core/columns/column.ts';
import { BraidError, toBraidError } from '../../../core/errors.ts';
import { validateRows } from '../../../core/rows/validate-rows.ts';
import type { FilePiece, ImportFile, ImportFormat } from './import-file.ts';
import { readCsv } from './read-csv.ts';
import { readJson } from './read-json.ts';
import { countParquetRows, readParquet } from './read-parquet.ts';

/** How messages name the first row. */
const NAMED_ROW = /\brow( number:)? 0\b|\b0th element/;

type Reader = (file: ImportFile, format: ImportFormat) => AsyncGenerator<FilePiece>;

const READERS: Readonly<Record<string, Reader>> = {
  parquet: readParquet,
  json: readJson,
  jsonl: readJson,
  ndjson: readJson,
  csv: readCsv,
};

/** Throws `importFailed` for a file whose name ends in nothing that can be read. */
export function checkFileType(path: string): void {
  if (typeOf(path) in READERS) return;
  const known = Object.keys(READERS).join(', ');
  throw new BraidError('importFailed', `unexpected file type, files to import are ${known}: ${path}`);
}

/** How many rows the file says it has; undefined if only reading it tells. */
export async function countRows(file: ImportFile): Promise<number | undefined> {
  return typeOf(file.path) === 'parquet' ? countParquetRows(file) : undefined;
}

/** The rows of a file, checked against the schema. What is wrong with one is thrown with the file, the row (counted from 0), the field and the value. */
export async function* readFile(file: ImportFile, format: ImportFormat): AsyncGenerator<ColumnBatch> {
  try {
    for await (const piece of READERS[typeOf(file.path)]!(file, format)) {
      yield await toBatch(piece, 0, piece.rowCount, format).catch(async (error) => {
        throw await atItsRow(error, piece, format);
      });
    }
  } catch (thrown) {
    const error = toBraidError(thrown);
    throw new BraidError(error.kind, `file ${file.path}: ${error.message}`, { cause: error });
  }
}

async function toBatch(piece: FilePiece, from: number, to: number, format: ImportFormat): Promise<ColumnBatch> {
  const { schema, givesAutoId, timezone } = format;
  return validateRows(schema, { rowCount: to - from, columns: piece.toColumns(from, to), givesAutoId, timezone });
}

/** The error of the first bad row alone, with its number in the file: halves are tried until one row is left. */
async function atItsRow(first: unknown, piece: FilePiece, format: ImportFormat): Promise<unknown> {
  let from = 0;
  let to = piece.rowCount;
  let found = first;
  const failureOf = (start: number, end: number) =>
    toBatch(piece, start, end, format).then(
      () => undefined,
      (error: unknown) => error,
    );
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (await failureOf(from, middle)) to = middle;
    else from = middle;
  }
  found = (await failureOf(from, to)) ?? found;
  if (!(found instanceof BraidError)) return found;
  const row = piece.firstRow + from;
  // Messages name the row among those they were given.
  const message = NAMED_ROW.test(found.message)
    ? found.message.replace(NAMED_ROW, (words) => words.replace('0', String(row)))
    : `row ${row}: ${found.message}`;
  return new BraidError(found.kind, message, { cause: found });
}

function typeOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
