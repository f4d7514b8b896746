import type { Column } from '../../core/columns/column.ts';
import { bytesOfColumn, concatColumns, pickRows } from '../../core/columns/column-operations.ts';
import { BraidError } from '../../core/errors.ts';
import { LIMITS } from '../../core/limits.ts';
import type { ColumnMessage } from '../../proto/generated/node.ts';
import { encodeColumn } from '../../proto/node-protocol/column-codec.ts';
import type { SegmentSnapshot } from './segment.ts';
import { TimeSlice } from './time-slice.ts';

/** Rows gathered between two looks at the clock and at the size. */
const PIECE_ROWS = 1_024;

/** Rows of several segments: row i is `offsets[i]` of segment `segments[i]`. */
export interface RowPlaces {
  readonly segments: Uint32Array;
  readonly offsets: Uint32Array;
}

/** Fields of these rows, in their order. Throws `parameterTooLarge` when they are more than a response may carry. */
export async function gatherRows(
  snapshots: readonly SegmentSnapshot[],
  places: RowPlaces,
  fieldIds: readonly number[],
  signal?: AbortSignal,
): Promise<ColumnMessage[]> {
  const rowCount = places.offsets.length;
  if (fieldIds.length === 0 || snapshots.length === 0) return [];
  const slice = new TimeSlice(signal);
  const messages: ColumnMessage[] = [];
  let bytes = 0;
  for (const fieldId of fieldIds) {
    const pieces: Column[] = [];
    for (let from = 0; from < rowCount || from === 0; from += PIECE_ROWS) {
      const piece = gatherPiece(snapshots, places, fieldId, from, Math.min(from + PIECE_ROWS, rowCount));
      bytes += bytesOfColumn(piece);
      if (bytes > LIMITS.responseBytesMax) throw tooLarge(rowCount);
      pieces.push(piece);
      if (slice.isOver()) await slice.next();
    }
    messages.push(encodeColumn(fieldId, concatColumns(pieces)));
  }
  return messages;
}

export function tooLarge(rowCount: number): BraidError {
  const message = `the fields of ${rowCount} rows are larger than the limit of ${LIMITS.responseBytesMax} bytes; ask for fewer rows or fields`;
  return new BraidError('parameterTooLarge', message);
}

function gatherPiece(
  snapshots: readonly SegmentSnapshot[],
  { segments, offsets }: RowPlaces,
  fieldId: number,
  from: number,
  to: number,
): Column {
  const only = segments[from] ?? 0;
  if (segments.subarray(from, to).every((segment) => segment === only)) {
    return snapshots[only]!.gather(fieldId, offsets.subarray(from, to));
  }
  const counts = new Uint32Array(snapshots.length);
  const rows = new Uint32Array(to - from);
  for (let i = from; i < to; i++) rows[i - from] = counts[segments[i]!]!++;
  const parts = Array.from(counts, (count) => new Uint32Array(count));
  for (let i = from; i < to; i++) parts[segments[i]!]![rows[i - from]!] = offsets[i]!;
  const columns = snapshots.map((snapshot, i) => snapshot.gather(fieldId, parts[i]!));
  return pickRows(columns, segments.subarray(from, to), rows);
}
