import {
  AsyncByteQueue,
  type Data,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Uint64,
} from 'apache-arrow';
import type { StoredFile } from '../../core/catalog.ts';
import type { Column, FixedColumn } from '../../core/columns/column.ts';
import type { CollectionSchema, FieldSchema } from '../../core/schema/collection-schema.ts';
import { dataTypeName } from '../../core/schema/data-type.ts';
import { arrowField, arrowTypeOf, BOOLEANS, flagsToArrow, toArrow } from './arrow-columns.ts';
import { chunkCountOf, rowsOfChunk } from './column-chunks.ts';
import { FileWriter } from './file-writer.ts';
import { LIMITS } from './limits.ts';
import type { SegmentContents } from './segment-contents.ts';
import { TimeSlice } from './time-slice.ts';
import type { VectorField } from './vector-field.ts';

export const TIMESTAMP_COLUMN = '$timestamp';

/** Name of the column that holds which rows of a vector field are present. */
export function validityColumn(fieldId: number): string {
  return `${fieldId}.valid`;
}

/** One Arrow column of the file: its field, and its array for a chunk of rows. */
interface FileColumn {
  readonly field: ReturnType<typeof arrowField>;
  array(chunk: number): Data;
}

/** Writes the scalar columns of a segment whose rows no longer change, those of the fields of `collection`, as an Arrow IPC file, a record batch per chunk. */
export async function writeColumns(
  path: string,
  contents: SegmentContents,
  collection: CollectionSchema,
  signal?: AbortSignal,
): Promise<StoredFile> {
  const columns = fileColumns(contents, collection);
  const schema = new Schema(columns.map((column) => column.field));
  const pieces = new Pieces();
  const arrow = new RecordBatchFileWriter();
  arrow.reset(pieces, schema);
  await using file = await FileWriter.create(path);
  const slice = new TimeSlice(signal);
  for (let chunk = 0; chunk < chunkCountOf(contents.rowCount); chunk++) {
    const length = rowsOfChunk(chunk, contents.rowCount);
    const children = columns.map((column) => column.array(chunk));
    const type = new Struct(schema.fields);
    arrow.write(new RecordBatch(schema, makeData({ type, length, nullCount: 0, children })));
    for (const piece of pieces.take()) await file.write(piece);
    if (slice.isOver()) await slice.next();
  }
  arrow.finish();
  for (const piece of pieces.take()) await file.write(piece);
  return await file.finish();
}

function fileColumns(contents: SegmentContents, { fields }: CollectionSchema): readonly FileColumn[] {
  const columns: FileColumn[] = [];
  for (const field of fields) {
    const scalars = contents.scalars.get(field.id);
    const nullRows = contents.vectors.get(field.id)?.nullRows;
    if (scalars) {
      const type = arrowTypeOf(field.dataType);
      const array = (chunk: number) => toArrow(scalars.chunk(chunk));
      columns.push({ field: arrowField(String(field.id), type, fieldMetadata(field)), array });
    } else if (nullRows) {
      const array = (chunk: number) => flagsToArrow(presentRows(nullRows, chunk, contents.rowCount));
      columns.push({ field: arrowField(validityColumn(field.id), BOOLEANS), array });
    }
  }
  const array = (chunk: number) => timestampsToArrow(contents.timestamps.chunk(chunk));
  columns.push({ field: arrowField(TIMESTAMP_COLUMN, new Uint64()), array });
  return columns;
}

function fieldMetadata(field: FieldSchema): ReadonlyMap<string, string> {
  return new Map([
    ['name', field.name],
    ['dataType', dataTypeName(field.dataType)],
  ]);
}

function timestampsToArrow(timestamps: Column): Data {
  const { values, rowCount } = timestamps as FixedColumn;
  const data = new BigUint64Array(values.buffer as ArrayBuffer, values.byteOffset, rowCount);
  return makeData({ type: new Uint64(), length: rowCount, nullCount: 0, data });
}

function presentRows(nullRows: NonNullable<VectorField['nullRows']>, chunk: number, rowCount: number): Uint8Array {
  const from = chunk * LIMITS.chunkRows;
  const flags = new Uint8Array(rowsOfChunk(chunk, rowCount));
  for (let i = 0; i < flags.length; i++) {
    flags[i] = (((nullRows[(from + i) >>> 3] ?? 0) >>> ((from + i) & 7)) & 1) ^ 1;
  }
  return flags;
}

/** Takes what the Arrow writer writes, without a copy, until it is fetched. */
class Pieces extends AsyncByteQueue {
  #pieces: Uint8Array[] = [];

  override write(piece: Uint8Array): void {
    if (piece.byteLength > 0) this.#pieces.push(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
  }

  take(): readonly Uint8Array[] {
    const taken = this.#pieces;
    this.#pieces = [];
    return taken;
  }
}
