import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { BraidError } from '../../../core/errors.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import { DYNAMIC_FIELD_NAME } from '../../../core/schema/collection-schema.ts';
import { DataType, isVector } from '../../../core/schema/data-type.ts';
import { fileChunks } from './file-chunks.ts';
import type { FilePiece, ImportFile, ImportFormat } from './import-file.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { pieceOfRecords } from './piece-of-records.ts';
import { RecordGroups } from './record-groups.ts';

type Cell = (text: string) => unknown;

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
  let columns: readonly { readonly name: string; readonly cell: Cell }[] | undefined;
  let row = 0;
  try {
    for await (const texts of parser as AsyncIterable<readonly string[]>) {
      if (!columns) {
        columns = columnsOf(texts, format);
        continue;
      }
      const record: Record<string, unknown> = {};
      let byteLength = 0;
      for (let i = 0; i < columns.length; i++) {
        const { name, cell } = columns[i]!;
        record[name] = cellValue(texts[i]!, cell, name, row, format);
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

function columnsOf(names: readonly string[], { schema }: ImportFormat): { name: string; cell: Cell }[] {
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw new BraidError('parameterInvalid', `the column ${doubled} occurs twice`);
  const asJson = new Set([DYNAMIC_FIELD_NAME, ...schema.structs.map((struct) => struct.name)]);
  for (const { name, dataType } of schema.fields) {
    if (isVector(dataType) || dataType === DataType.Array) asJson.add(name);
  }
  // Pandas, and with it pymilvus' writer, writes True.
  const flags = new Set(schema.fields.filter(({ dataType }) => dataType === DataType.Bool).map(({ name }) => name));
  return names.map((name) => {
    if (asJson.has(name)) return { name, cell: parseJson };
    return { name, cell: flags.has(name) ? (text) => text.toLowerCase() : (text) => text };
  });
}

function cellValue(text: string, cell: Cell, name: string, row: number, { nullText }: ImportFormat): unknown {
  if (text === nullText) return null;
  try {
    return cell(text);
  } catch (cause) {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    throw new BraidError('parameterInvalid', `field ${name}, row ${row}: ${shown} is not JSON`, { cause });
  }
}
