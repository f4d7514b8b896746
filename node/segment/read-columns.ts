import { type FileHandle, open } from 'node:fs/promises';
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import type { Column, FixedColumn } from '../../core/columns/column.ts';
import { bytesOfColumn, copyColumn, fixedColumn } from '../../core/columns/column-operations.ts';
import { BraidError } from '../../core/errors.ts';
import { DataType, isDenseVector } from '../../core/schema/data-type.ts';
import { BOOLEANS, flagsFromArrow, fromArrow } from './arrow-columns.ts';
import { chunkCountOf, rowsOfChunk } from './column-chunks.ts';
import { LIMITS } from './limits.ts';
import { createRowBits } from './row-bits.ts';
import type { SegmentManifest } from './segment-manifest.ts';
import { TimeSlice } from './time-slice.ts';
import { TIMESTAMP_COLUMN, validityColumn } from './write-columns.ts';

/** The scalar columns of a segment file, chunk by chunk. */
export interface SegmentColumns {
  readonly scalars: ReadonlyMap<number, readonly Column[]>;
  readonly timestamps: readonly Column[];
  /** Null rows of nullable vector fields, one bit per row. */
  readonly nullRows: ReadonlyMap<number, Uint8Array>;
  readonly memoryBytes: number;
}

/**
 * Reads the columns of the fields that the manifest names, as views on the file's bytes; of `fieldIds`, if they are given, as copies, a batch at a time. Throws what makes the
 * file unreadable.
 */
export async function readColumns(
  path: string,
  manifest: SegmentManifest,
  fieldIds?: readonly number[],
): Promise<SegmentColumns> {
  if (!fieldIds) {
    const bytes = await readWhole(path, LIMITS.columnsFileBytesMax);
    const columns = await columnsFrom(bytes, manifest, (column) => column);
    return { ...columns, memoryBytes: bytes.byteLength + flagBytes(columns.scalars) };
  }
  const chosen = { ...manifest, fields: manifest.fields.filter(({ id }) => fieldIds.includes(id)) };
  const file = await open(path, 'r');
  try {
    const columns = await columnsFrom(file, chosen, copyColumn);
    const chunks = [...columns.scalars.values(), columns.timestamps].flat();
    return { ...columns, memoryBytes: chunks.reduce((sum, column) => sum + bytesOfColumn(column), 0) };
  } finally {
    await file.close();
  }
}

/** `kept` makes of a column of a batch what is held of it. */
async function columnsFrom(
  source: Uint8Array | FileHandle,
  manifest: SegmentManifest,
  kept: (column: Column) => Column,
): Promise<Omit<SegmentColumns, 'memoryBytes'>> {
  const reader = source instanceof Uint8Array ? RecordBatchReader.from(source) : await RecordBatchReader.from(source);
  await reader.open();
  if (manifest.rowsPerBatch !== LIMITS.chunkRows) {
    throw new Error(`batches have ${manifest.rowsPerBatch} rows, this program reads ${LIMITS.chunkRows}`);
  }
  if (reader.numRecordBatches !== chunkCountOf(manifest.rowCount)) {
    throw new Error(`it has ${reader.numRecordBatches} batches for ${manifest.rowCount} rows`);
  }
  const columns = { scalars: new Map<number, Column[]>(), timestamps: [] as Column[], nullRows: new Map(), kept };
  const slice = new TimeSlice();
  for (let chunk = 0; chunk < reader.numRecordBatches; chunk++) {
    const batch = (await reader.readRecordBatch(chunk)) as RecordBatch;
    if (batch.numRows !== rowsOfChunk(chunk, manifest.rowCount)) {
      throw new Error(`batch ${chunk} has ${batch.numRows} rows`);
    }
    addBatch(columns, batch, chunk, manifest);
    if (slice.isOver()) await slice.next();
  }
  return columns;
}

interface ReadColumns {
  readonly scalars: Map<number, Column[]>;
  readonly timestamps: Column[];
  readonly nullRows: Map<number, Uint8Array>;
  readonly kept: (column: Column) => Column;
}

function addBatch(columns: ReadColumns, batch: RecordBatch, chunk: number, manifest: SegmentManifest): void {
  for (const { id, dataType } of manifest.fields) {
    if (isDenseVector(dataType as DataType)) {
      addNullRows(columns.nullRows, batch, chunk, id, manifest.rowCount);
      continue;
    }
    const column = fromArrow(batch, String(id), dataType as DataType);
    if (!column) throw new Error(`column ${id} is missing`);
    const chunks = columns.scalars.get(id) ?? [];
    chunks.push(columns.kept(column));
    columns.scalars.set(id, chunks);
  }
  columns.timestamps.push(columns.kept(timestampsOf(batch)));
}

function timestampsOf(batch: RecordBatch): FixedColumn {
  const { values } = childOf(batch, TIMESTAMP_COLUMN)!;
  if (!(values instanceof BigUint64Array)) throw new Error(`column ${TIMESTAMP_COLUMN} is not of type Uint64`);
  return fixedColumn(DataType.Int64, new BigInt64Array(values.buffer, values.byteOffset, batch.numRows));
}

function addNullRows(
  nullRows: Map<number, Uint8Array>,
  batch: RecordBatch,
  chunk: number,
  fieldId: number,
  rowCount: number,
): void {
  const data = childOf(batch, validityColumn(fieldId));
  if (!data) return;
  if (data.typeId !== BOOLEANS.typeId) throw new Error(`column ${validityColumn(fieldId)} is not of type Bool`);
  const bits = nullRows.get(fieldId) ?? createRowBits(rowCount);
  nullRows.set(fieldId, bits);
  const from = chunk * LIMITS.chunkRows;
  flagsFromArrow(data).forEach((flag, i) => {
    if (flag === 0) bits[(from + i) >>> 3]! |= 1 << ((from + i) & 7);
  });
}

function childOf(batch: RecordBatch, name: string) {
  return batch.data.children[batch.schema.fields.findIndex((field) => field.name === name)];
}

/** Validity and booleans are the only columns that are not views on the file. */
function flagBytes(scalars: ReadonlyMap<number, readonly Column[]>): number {
  let bytes = 0;
  for (const chunks of scalars.values()) {
    for (const chunk of chunks) {
      bytes += (chunk.valid?.byteLength ?? 0) + (chunk.dataType === DataType.Bool ? chunk.rowCount : 0);
    }
  }
  return bytes;
}

/** A file in memory of its own, so that what lies aligned in the file lies aligned in memory. */
export async function readWhole(path: string, bytesMax: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > bytesMax)
      throw new BraidError('segmentLoadFailed', `${path} has ${size} bytes, the limit is ${bytesMax}`);
    const bytes = new Uint8Array(new ArrayBuffer(size));
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, LIMITS.fileChunkBytes), at);
      if (bytesRead === 0) throw new Error(`${path} ended after ${at} of ${size} bytes`);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
