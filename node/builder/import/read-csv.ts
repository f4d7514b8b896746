import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { BraidError } from '../../../core/errors.ts';
import { type CsvColumn, csvColumns, csvValue } from './csv-cells.ts';
import { fileChunks } from './file-chunks.ts';
import type { FilePiece, ImportFile, ImportFormat } from './import-file.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { pieceOfRecords } from './piece-of-records.ts';
import { RecordGroups } from './record-groups.ts';

/** Rows of CSV (RFC 4180, other separators too): the first line names the columns. Cells of vectors, arrays and structs hold JSON. */
export async function* readCsv(file: ImportFile, format: ImportFormat): AsyncGenerator<FilePiece> {
  const groups = new RecordGroups((records, firstRow) => pieceOfRecords(records, firstRow, format));
  const parser = Readable.from(fileChunks(file)).pipe(
    parse({
      bom: true,
      delimiter: format.separator,
      max_record_size: IMPORT_LIMITS.rowBytesMax,
      skip_empty_lines: true,
    }),
  );
  let columns: readonly CsvColumn[] | undefined;
  let row = 0;
  try {
    for await (const texts of parser as AsyncIterable<readonly string[]>) {
      if (!columns) {
        columns = csvColumns(texts, format.schema);
        continue;
      }
      const record: Record<string, unknown> = {};
      let byteLength = 0;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i]!;
        record[column.name] = texts[i] === format.nullText ? null : csvValue(column, texts[i]!, row);
        byteLength += texts[i]!.length;
      }
      row++;
      yield* groups.add(record, byteLength);
    }
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !String(cause.code).startsWith('CSV_')) throw cause;
    throw new BraidError('parameterInvalid', `row ${row} is not valid CSV: ${cause.message}`, { cause });
  } finally {
    parser.destroy();
  }
  yield* groups.end();
}
