import type { BytesColumn, Column, FixedColumn } from '../../core/columns/column.ts';
import { BraidError } from '../../core/errors.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { type CollectionSchema, fieldById, primaryField } from '../../core/schema/collection-schema.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { keysOfColumn } from '../../proto/node-protocol/column-codec.ts';
import { CHUNK_MASK, ChunkViews, type ColumnChunks, gatherChunks } from './column-chunks.ts';
import { defaultColumn } from './default-column.ts';
import type { DeleteMask } from './delete-mask.ts';
import type { ExpiredRows } from './expired-rows.ts';
import type { FilterResults } from './filter-results.ts';
import { columnOfKeys } from './key-column.ts';
import type { KeyIndex } from './key-index.ts';
import type { LateOutputs } from './late-outputs.ts';
import type { DeleteBatch } from './segment.ts';
import type { SparseField } from './sparse-field.ts';
import { gatherVectors, type VectorField } from './vector-field.ts';

/** Of a value of fixed length at most. */
const FIXED_BYTES = 8;

/** What growing and sealed segments are made of, as reads and deletes use it. */
export interface SegmentContents {
  /** Newest schema the segment knows. */
  readonly schema: CollectionSchema;
  readonly partitionId: number;
  readonly rowCount: number;
  readonly hasDuplicateKeys: boolean;
  /** Columns that are no dense vectors, by field id; fields younger than the rows may be missing. */
  readonly scalars: ReadonlyMap<number, ColumnChunks>;
  readonly vectors: ReadonlyMap<number, VectorField>;
  /** Postings of sparse vector fields, whose vectors are among the scalar columns. */
  readonly sparse: ReadonlyMap<number, SparseField>;
  /** Fields that its rows have and that a load left out. */
  readonly unloaded: ReadonlySet<number>;
  readonly late: LateOutputs;
  /** Insert timestamps, as a column of Int64. */
  readonly timestamps: ColumnChunks;
  readonly keyIndex: KeyIndex;
  /** Offsets by ascending key where the rows are sorted once and for all. */
  readonly permutation: Uint32Array | undefined;
  readonly mask: DeleteMask;
  readonly minTimestamp: Timestamp;
  readonly expired: ExpiredRows;
  readonly filters: FilterResults;
}

/** Throws `serviceNotReady` for fields that were not loaded: a load that adds fields may be under way. */
export function refuseUnloaded({ schema, unloaded }: SegmentContents, fieldIds: Iterable<number>): void {
  if (unloaded.size === 0) return;
  for (const id of fieldIds) {
    if (!unloaded.has(id)) continue;
    const name = fieldById(schema, id)?.name ?? id;
    throw new BraidError('serviceNotReady', `field ${name} of collection ${schema.name} is not loaded yet`);
  }
}

export function keyColumnOf(contents: SegmentContents): ColumnChunks {
  return contents.scalars.get(primaryField(contents.schema).id)!;
}

export function gatherKeys(contents: SegmentContents, offsets: Uint32Array): KeyList {
  return keysOfColumn(gatherChunks(keyColumnOf(contents), offsets));
}

export function gatherTimestamps(contents: SegmentContents, offsets: Uint32Array): BigUint64Array {
  const { values } = gatherChunks(contents.timestamps, offsets) as FixedColumn;
  return new BigUint64Array(values.buffer, values.byteOffset, values.length);
}

export function gatherField(contents: SegmentContents, fieldId: number, offsets: Uint32Array): Column {
  refuseUnloaded(contents, [fieldId]);
  const vectors = contents.vectors.get(fieldId);
  if (vectors) return gatherVectors(vectors, offsets);
  const scalars = contents.scalars.get(fieldId);
  if (scalars) return gatherChunks(scalars, offsets);
  const field = fieldById(contents.schema, fieldId);
  if (!field) throw new BraidError('fieldNotFound', `field ${fieldId} is not in collection ${contents.schema.name}`);
  return defaultColumn(field, offsets.length);
}

/** See `SegmentSnapshot.rowBytes`. */
export function rowBytesOf(contents: SegmentContents, fieldId: number): (offset: number) => number {
  const { vectors, scalars } = contents;
  const vectorBytes = vectors.get(fieldId)?.store.rowBytes;
  if (vectorBytes !== undefined) return () => vectorBytes;
  const column = scalars.get(fieldId);
  const sample = column ? firstChunk(column) : gatherField(contents, fieldId, Uint32Array.of(0));
  if (sample?.kind !== 'bytes') return () => FIXED_BYTES;
  if (!column) return () => sample.bytes.length;
  const chunks = new ChunkViews(column);
  return (offset) => {
    const { offsets } = chunks.of(offset) as BytesColumn;
    const row = offset & CHUNK_MASK;
    return offsets[row + 1]! - offsets[row]!;
  };
}

function firstChunk(column: ColumnChunks): Column | undefined {
  return column.chunkCount > 0 ? column.chunk(0) : undefined;
}

/** See `Segment.applyDeletes`. */
export function applyDeletes(contents: SegmentContents, deletes: DeleteBatch): number {
  const { mask, rowCount, partitionId } = contents;
  const { timestamps, partitionIds } = deletes;
  if (rowCount === 0 || timestamps.length === 0) return 0;
  const inserted = new ChunkViews(contents.timestamps);
  const ownId = BigInt(partitionId);
  let masked = 0;
  contents.keyIndex.find(columnOfKeys(deletes.keys), (place, offset) => {
    const of = partitionIds?.[place] ?? 0n;
    if (of !== 0n && of !== ownId) return;
    const { values } = inserted.of(offset) as FixedColumn;
    const isOlder = (values as BigInt64Array)[offset & CHUNK_MASK]! < timestamps[place]!;
    if (isOlder && mask.mark(offset, rowCount)) masked++;
  });
  return masked;
}
