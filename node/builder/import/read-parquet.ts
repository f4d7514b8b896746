import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { BraidError } from '../../../core/errors.ts';
import { parseJson } from '../../../core/rows/parse-json.ts';
import { columnOfValues, rowsToColumns } from '../../../core/rows/rows-to-columns.ts';
import { type CollectionSchema, type FieldSchema, isHidden } from '../../../core/schema/collection-schema.ts';
import { DataType, vectorRowBytes } from '../../../core/schema/data-type.ts';
import type { FilePiece, ImportFile, ImportFormat } from './import-file.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { PARQUET_PARSERS } from './parquet-parsers.ts';
import { withDynamicKeys } from './piece-of-records.ts';

type Values = ArrayLike<unknown> & { slice(from: number, to: number): ArrayLike<unknown> };
type Group = ReadonlyMap<string, Values>;

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
      const group = await readGroup(buffer, metadata, firstRow, firstRow + rowCount);
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

async function readGroup(file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number): Promise<Group> {
  const group = new Map<string, Values>();
  // Flat columns come page by page.
  const parts = new Map<string, Values[]>();
  await parquetRead({
    file,
    metadata,
    compressors,
    parsers: PARQUET_PARSERS,
    geoparquet: false,
    rowStart,
    rowEnd,
    onChunk: ({ columnName, columnData }) => {
      parts.set(columnName, [...(parts.get(columnName) ?? []), columnData as Values]);
    },
  });
  for (const [name, list] of parts)
    group.set(name, list.length === 1 ? list[0]! : list.flatMap((part) => Array.from(part)));
  return group;
}

function* piecesOf(
  group: Group,
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

function columnsOf(group: Group, from: number, to: number, schema: CollectionSchema) {
  const plain = schema.fields.filter((field) => !isHidden(field) && group.has(field.name));
  const columns = plain.flatMap((field) => {
    const values = Array.from(group.get(field.name)!.slice(from, to));
    return columnOfValues(field, values.map(readerOf(field)));
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

/** Values of Parquet as they would stand in JSON. */
function readerOf(field: FieldSchema): (value: unknown) => unknown {
  const { dataType, dimension = 0 } = field;
  if (dataType === DataType.SparseFloatVector) return (value) => (typeof value === 'string' ? parseJson(value) : value);
  if (dataType !== DataType.Float16Vector && dataType !== DataType.BFloat16Vector) return (value) => value;
  const rowBytes = vectorRowBytes(dataType, dimension);
  return (value) =>
    Array.isArray(value) && value.length === rowBytes ? Buffer.from(value as number[]).toString('base64') : value;
}

function checkSize(index: number, byteLength: number): void {
  const { rowGroupBytesMax } = IMPORT_LIMITS;
  if (byteLength <= rowGroupBytesMax) return;
  throw new BraidError(
    'parameterTooLarge',
    `row group ${index} has ${byteLength} bytes uncompressed, at most ${rowGroupBytesMax} are read at once: write the file with smaller row groups`,
  );
}
