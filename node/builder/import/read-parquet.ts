import { type AsyncBuffer, parquetMetadataAsync } from 'hyparquet';
import { BraidError } from '../../../core/errors.ts';
import { columnOfValues, rowsToColumns } from '../../../core/rows/rows-to-columns.ts';
import { type CollectionSchema, isHidden } from '../../../core/schema/collection-schema.ts';
import type { FilePiece, ImportFile, ImportFormat } from './import-file.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { type ParquetGroup, parquetValueReader, readParquetGroup } from './parquet-group.ts';
import { withDynamicKeys } from './piece-of-records.ts';

/**
 * Rows of Parquet, one row group in memory at a time. Vectors are lists of their elements; those of half precision may be lists of their bytes, as pymilvus'
 * writer makes them. JSON and sparse vectors are texts.
 */
export async function* readParquet(file: ImportFile, format: ImportFormat): AsyncGenerator<FilePiece> {
  const buffer: AsyncBuffer = {
    byteLength: file.byteLength,
    slice: async (from, to = file.byteLength) => (await file.read(from, to)).buffer,
  };
  try {
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
    let firstRow = 0;
    for (const [index, { num_rows, total_byte_size }] of metadata.row_groups.entries()) {
      const rowCount = Number(num_rows);
      checkSize(index, Number(total_byte_size));
      const group = await readParquetGroup(buffer, metadata, firstRow, firstRow + rowCount);
      const rowBytes = Math.max(1, Number(total_byte_size) / rowCount);
      yield* piecesOf(group, { firstRow, rowCount, rowBytes }, format);
      firstRow += rowCount;
    }
  } catch (cause) {
    // What the library throws says what is wrong with the file; it has no error class of its own.
    if (!(cause instanceof Error) || !/parquet/i.test(cause.message)) throw cause;
    throw new BraidError('parameterInvalid', `not a readable Parquet file: ${cause.message}`, { cause });
  }
}

/** How many rows the file has, as its footer says. */
export async function countParquetRows(file: ImportFile): Promise<number> {
  const slice = async (from: number, to = file.byteLength) => (await file.read(from, to)).buffer;
  return Number((await parquetMetadataAsync({ byteLength: file.byteLength, slice })).num_rows);
}

function* piecesOf(
  group: ParquetGroup,
  rows: { readonly firstRow: number; readonly rowCount: number; readonly rowBytes: number },
  format: ImportFormat,
): Generator<FilePiece> {
  const { firstRow, rowCount, rowBytes } = rows;
  const { pieceBytes, pieceRows } = IMPORT_LIMITS;
  const step = Math.min(pieceRows, Math.max(1, Math.floor(pieceBytes / rowBytes)));
  for (let from = 0; from < rowCount; from += step) {
    const count = Math.min(step, rowCount - from);
    yield {
      firstRow: firstRow + from,
      rowCount: count,
      toColumns: (start, end) => columnsOf(group, from + start, from + end, format.schema),
    };
  }
}

function columnsOf(group: ParquetGroup, from: number, to: number, schema: CollectionSchema) {
  const plain = schema.fields.filter((field) => !isHidden(field) && group.has(field.name));
  const columns = plain.flatMap((field) => {
    const values = Array.from(group.get(field.name)!.slice(from, to));
    return columnOfValues(field, values.map(parquetValueReader(field)));
  });
  // Structs, dynamic keys and columns that are no fields are for the codec of rows to take or refuse.
  const known = new Set(plain.map((field) => field.name));
  const others = [...group]
    .filter(([name]) => !known.has(name))
    .map(([name, values]) => [name, values.slice(from, to)] as const);
  const records = Array.from({ length: to - from }, (_, row) =>
    withDynamicKeys(Object.fromEntries(others.map(([name, values]) => [name, values[row]]))),
  );
  const fields = schema.fields.filter((field) => !isHidden(field) && !known.has(field.name));
  return [...columns, ...rowsToColumns(records, fields, schema.enableDynamicField)];
}

function checkSize(index: number, byteLength: number): void {
  const { rowGroupBytesMax } = IMPORT_LIMITS;
  if (byteLength <= rowGroupBytesMax) return;
  throw new BraidError(
    'parameterTooLarge',
    `row group ${index} has ${byteLength} bytes uncompressed, at most ${rowGroupBytesMax} are read at once: write the file with smaller row groups`,
  );
}
