import { parse } from 'csv-parse';
import { BraidError } from '../../core/errors.ts';
import { DataType, type DataTypeName } from '../../core/schema/data-type.ts';
import { type CsvColumn, csvColumns, csvValue } from '../../node/builder/import/csv-cells.ts';
import { IMPORT_LIMITS } from '../../node/builder/import/limits.ts';
import { withDynamicKeys } from '../../node/builder/import/piece-of-records.ts';
import type { CollectionDescription } from '../client/collection-description.ts';
import { openInput, sizeOfInput } from './open-input.ts';
import type { FileRow, RowReader } from './row-reader.ts';

interface Line {
  readonly record: readonly (string | null)[];
  /** `lines`: the line on which it ends. */
  readonly info: { readonly lines: number; readonly bytes: number };
}

/** CSV with a head, as braid export writes it: an empty cell is null, `""` is an empty text. */
export async function openCsvRows(file: string, description: CollectionDescription): Promise<RowReader> {
  return { total: await sizeOfInput(file), unit: 'bytes', rows: (fromLine) => rowsOf(file, description, fromLine) };
}

async function* rowsOf(file: string, description: CollectionDescription, fromLine: number): AsyncGenerator<FileRow> {
  const lines = openInput(file).pipe(
    parse({
      bom: true,
      info: true,
      max_record_size: IMPORT_LIMITS.rowBytesMax,
      skip_empty_lines: true,
      cast: (text, { quoting }) => (text === '' && !quoting ? null : text),
    }),
  ) as AsyncIterable<Line>;
  let columns: readonly CsvColumn[] | undefined;
  let place = { line: 1, done: 0 };
  let row = 0;
  try {
    for await (const { record, info } of lines) {
      const { line } = place;
      place = { line: info.lines + 1, done: info.bytes };
      if (!columns) columns = csvColumns(record.map(String), schemaOf(description));
      else if (line >= fromLine) yield { line, done: info.bytes, ...parsed(record, columns, row++) };
    }
  } catch (thrown) {
    const error = thrown as Error;
    if (!(error instanceof BraidError) && !('code' in error)) throw thrown;
    yield { ...place, fault: error.message };
  }
}

function parsed(record: readonly (string | null)[], columns: readonly CsvColumn[], row: number) {
  try {
    const values = record.map((text, i) => [columns[i]!.name, text === null ? null : csvValue(columns[i]!, text, row)]);
    return { row: { ...withDynamicKeys(Object.fromEntries(values)) } };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

function schemaOf({ fields, structFields = [] }: CollectionDescription) {
  return {
    fields: fields.map(({ name, type }) => ({ name, dataType: DataType[type as DataTypeName] })),
    structs: structFields,
  };
}
