import type { IndexRecord } from '../../core/catalog.ts';
import type { CollectionSchema, FieldSchema } from '../../core/schema/collection-schema.ts';
import { DataType, isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { GrowingSegment } from './growing-segment.ts';
import { LIMITS } from './limits.ts';
import { offsetsOf } from './row-bits.ts';
import type { Segment, SegmentSnapshot } from './segment.ts';
import { TimeSlice } from './time-slice.ts';
import { type WriteSegmentOptions, type WrittenSegment, writeSegment } from './write-segment.ts';

export interface MergeSegmentsOptions extends WriteSegmentOptions {
  /** Id of the new segment. */
  readonly id: number;
  readonly partitionId: number;
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
  /** Rows inserted before this are left out as deleted ones are; default: none. */
  readonly expiredBefore?: Timestamp;
}

/** Vectors in a list, as a guess for the size of pieces. */
const LIST_LENGTH_GUESS = 32;

/** Bytes of a row beside its vectors, as a guess for the size of pieces. */
const SCALAR_BYTES_GUESS = 256;

/**
 * Compaction: writes the live rows of several segments as the files of one sealed segment, with new graphs. The masks are taken in the caller's turn.
 * The rows pass through memory: it holds the new segment while it is written. Undefined when no row is left (nothing is written then).
 */
export async function mergeSegments(
  sources: readonly Segment[],
  folder: string,
  options: MergeSegmentsOptions,
): Promise<WrittenSegment | undefined> {
  const { id, partitionId, schema, indexes } = options;
  const snapshots: SegmentSnapshot[] = [];
  const merged = new GrowingSegment({ id, partitionId, schema, indexes });
  try {
    for (const source of sources) {
      source.updateSchema(schema);
      snapshots.push(source.snapshot(options.expiredBefore));
    }
    const slice = new TimeSlice(options.signal);
    for (const snapshot of snapshots) await copyLiveRows(snapshot, merged, slice);
    if (merged.rowCount === 0) return undefined;
    merged.freeze();
    return await writeSegment(merged, folder, options);
  } finally {
    for (const snapshot of snapshots) snapshot[Symbol.dispose]();
    merged.close();
  }
}

async function copyLiveRows(source: SegmentSnapshot, target: GrowingSegment, slice: TimeSlice): Promise<void> {
  const { fields } = target.schema;
  await source.ready();
  const live = await source.select({ filter: undefined, keys: undefined });
  const offsets = offsetsOf(live, source.rowCount);
  const pieceRows = rowsPerPiece(target.schema);
  for (let from = 0; from < offsets.length; from += pieceRows) {
    const rows = offsets.subarray(from, from + pieceRows);
    const columns = new Map(fields.map((field) => [field.id, source.gather(field.id, rows)]));
    const timestamps = source.timestamps(rows);
    target.appendStamped({ rowCount: rows.length, columns }, new BigInt64Array(timestamps.buffer));
    if (slice.isOver()) await slice.next();
  }
}

function rowsPerPiece(schema: CollectionSchema): number {
  const rowBytes = schema.fields.reduce((sum, field) => sum + vectorBytesOf(field), 0);
  return Math.max(1, Math.floor(LIMITS.copyBytes / (rowBytes + SCALAR_BYTES_GUESS)));
}

/** Of a list of vectors as many as there are usually: capacities are generous. */
function vectorBytesOf({ dataType, elementType, dimension, maxCapacity }: FieldSchema): number {
  if (isDenseVector(dataType)) return vectorRowBytes(dataType, dimension!);
  if (dataType !== DataType.ArrayOfVector) return 0;
  return vectorRowBytes(elementType!, dimension!) * Math.min(maxCapacity!, LIST_LENGTH_GUESS);
}
