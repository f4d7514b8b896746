import { type AsyncBuffer, type FileMetaData, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parseJson } from '../../../core/rows/parse-json.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType, vectorRowBytes } from '../../../core/schema/data-type.ts';
import { PARQUET_PARSERS } from './parquet-parsers.ts';

export type Values = ArrayLike<unknown> & { slice(from: number, to: number): ArrayLike<unknown> };
/** Name of a column -> its values. */
export type ParquetGroup = ReadonlyMap<string, Values>;

/** The rows `rowStart` up to `rowEnd` of a file, which should be a row group's: all of it is in memory. */
export async function readParquetGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<ParquetGroup> {
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

/** Values of Parquet as they would stand in JSON. */
export function parquetValueReader(field: Pick<FieldSchema, 'dataType' | 'dimension'>): (value: unknown) => unknown {
  const { dataType, dimension = 0 } = field;
  if (dataType === DataType.SparseFloatVector) return (value) => (typeof value === 'string' ? parseJson(value) : value);
  if (dataType !== DataType.Float16Vector && dataType !== DataType.BFloat16Vector) return (value) => value;
  const rowBytes = vectorRowBytes(dataType, dimension);
  return (value) =>
    Array.isArray(value) && value.length === rowBytes ? Buffer.from(value as number[]).toString('base64') : value;
}
