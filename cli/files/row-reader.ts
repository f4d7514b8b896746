import type { CollectionDescription } from '../client/collection-description.ts';
import type { FileFormat } from './file-format.ts';

/** One row of a file, or what is wrong with it. */
export type FileRow = FilePlace &
  (
    | { readonly row: Record<string, unknown>; readonly fault?: never }
    | { readonly row?: never; readonly fault: string }
  );

interface FilePlace {
  /** Where it begins, counted from 1: a line, in Parquet a row. */
  readonly line: number;
  /** How much of the file has been read with it, in the unit of `total`. */
  readonly done: number;
}

/** A file of rows, read as they are asked for; little more than these is in memory (of Parquet a row group). */
export interface RowReader {
  /** Size of the file, for a bar; 0: not known. */
  readonly total: number;
  readonly unit: 'bytes' | 'rows';
  /** The rows that begin at this line or later. A faulty one may be the last that comes. */
  rows(fromLine: number): AsyncIterable<FileRow>;
}

/** `file`: a path, or `-` for standard input. Throws `parameterInvalid` if it cannot be read. */
export async function openRows(
  format: FileFormat,
  file: string,
  description: CollectionDescription,
): Promise<RowReader> {
  switch (format) {
    case 'csv':
      return (await import('./csv-rows.ts')).openCsvRows(file, description);
    case 'parquet':
      return (await import('./parquet-rows.ts')).openParquetRows(file, description);
    case 'jsonl':
      return (await import('./json-lines-rows.ts')).openJsonLines(file);
  }
}
