import { BraidError } from '../../../core/errors.ts';
import { isRecord } from '../../../core/rows/is-record.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import { fileChunks } from './file-chunks.ts';
import type { FilePiece, ImportFile, ImportFormat } from './import-file.ts';
import { JsonRowScanner } from './json-row-scanner.ts';
import { pieceOfRecords } from './piece-of-records.ts';
import { RecordGroups } from './record-groups.ts';

/** Rows of JSON: an array of objects, `{"rows": [...]}` around one, or one object per line. */
export async function* readJson(file: ImportFile, format: ImportFormat): AsyncGenerator<FilePiece> {
  const scanner = new JsonRowScanner();
  const groups = new RecordGroups((records, firstRow) => pieceOfRecords(records, firstRow, format));
  let row = 0;
  for await (const chunk of fileChunks(file)) {
    for (const text of scanner.add(chunk)) yield* groups.add(recordOf(text, row++), text.length);
  }
  scanner.end();
  yield* groups.end();
}

function recordOf(text: string, row: number): Record<string, unknown> {
  try {
    const value = parseJson(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new BraidError('parameterInvalid', `row ${row} is ${(cause as Error).message}`, { cause });
  }
  throw new BraidError('parameterInvalid', `row ${row} is not an object`);
}
