import type { IndexRecord } from '../../core/catalog.ts';
import type { CollectionSchema, FieldSchema } from '../../core/schema/collection-schema.ts';
import type { Expiry } from '../../core/schema/expiry.ts';
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
  /** Expired rows are left out as deleted ones are; default: none have. */
  readonly expiry?: Expiry;
}

/** Rows that pass in one go at most. */
const PIECE_ROWS = 4_096;

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
      snapshots.push(source.snapshot(options.expiry));
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
  for (let from = 0; from < offsets.length; ) {
    const rows = offsets.subarray(from, pieceEnd(source, fields, offsets, from));
    from += rows.length;
    const columns = new Map(fields.map((field) => [field.id, source.gather(field.id, rows)]));
    const timestamps = source.timestamps(rows);
    target.appendStamped({ rowCount: rows.length, columns }, new BigInt64Array(timestamps.buffer));
    if (slice.isOver()) await slice.next();
  }
}

/** At least one row, and no more than `copyBytes` of all fields together. */
function pieceEnd(source: SegmentSnapshot, fields: readonly FieldSchema[], offsets: Uint32Array, from: number): number {
  const rowBytes = fields.map((field) => source.rowBytes(field.id));
  const end = Math.min(from + PIECE_ROWS, offsets.length);
  let bytes = 0;
  for (let i = from; i < end; i++) {
    for (const bytesAt of rowBytes) bytes += bytesAt(offsets[i]!);
    if (bytes > LIMITS.copyBytes && i > from) return i;
  }
  return end;
}
