import { open } from 'node:fs/promises';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from 'hyparquet';
import { BraidError } from '../../core/errors.ts';
import { DataType, type DataTypeName } from '../../core/schema/data-type.ts';
import { parquetValueReader, readParquetGroup } from '../../node/builder/import/parquet-group.ts';
import { withDynamicKeys } from '../../node/builder/import/piece-of-records.ts';
import type { CollectionDescription } from '../client/collection-description.ts';
import { sizeOfInput, unreadable } from './open-input.ts';
import type { FileRow, RowReader } from './row-reader.ts';

/** Parquet, one row group in memory at a time. */
export async function openParquetRows(file: string, description: CollectionDescription): Promise<RowReader> {
  if (file === '-')
    throw new BraidError('parameterInvalid', 'Parquet is read from its end: it must be a file, not standard input');
  const byteLength = await sizeOfInput(file);
  const handle = await open(file).catch(unreadable(file));
  const slice = async (from: number, to = byteLength): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(to - from);
    await handle.read(bytes, 0, bytes.length, from);
    return bytes.buffer;
  };
  const buffer = { byteLength, slice };
  const metadata = await parquetMetadataAsync(buffer, { geoparquet: false }).catch((cause: Error) => {
    throw new BraidError('parameterInvalid', `${file} is not a readable Parquet file: ${cause.message}`, { cause });
  });
  return {
    total: Number(metadata.num_rows),
    unit: 'rows',
    rows: (fromLine) => rowsOf(buffer, metadata, description, fromLine),
  };
}

async function* rowsOf(
  buffer: AsyncBuffer,
  metadata: FileMetaData,
  description: CollectionDescription,
  fromRow: number,
): AsyncGenerator<FileRow> {
  const readers = new Map(
    description.fields.map(({ name, type, params = [] }) => {
      const dimension = Number(params.find(({ key }) => key === 'dim')?.value ?? 0);
      return [name, parquetValueReader({ dataType: DataType[type as DataTypeName], dimension })];
    }),
  );
  let first = 0;
  for (const { num_rows } of metadata.row_groups) {
    const end = first + Number(num_rows);
    if (end >= fromRow) {
      const columns = [...(await readParquetGroup(buffer, metadata, first, end))];
      for (let row = Math.max(first, fromRow - 1); row < end; row++) {
        const values = columns.map(([name, column]) => {
          const value = column[row - first] ?? null;
          return [name, value === null ? null : (readers.get(name)?.(value) ?? value)];
        });
        yield { line: row + 1, done: row + 1, ...parsed(Object.fromEntries(values)) };
      }
    }
    first = end;
  }
}

function parsed(values: Record<string, unknown>) {
  try {
    return { row: { ...withDynamicKeys(values) } };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
