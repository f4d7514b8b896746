import type { Column } from '../../core/columns/column.ts';
import { pickRows } from '../../core/columns/column-operations.ts';
import { BraidError } from '../../core/errors.ts';
import { LIMITS } from '../../core/limits.ts';
import type { ColumnMessage } from '../../proto/generated/node.ts';
import { encodeColumn } from '../../proto/node-protocol/column-codec.ts';
import { JoinedColumn } from './joined-column.ts';
import { LIMITS as SEGMENT_LIMITS } from './limits.ts';
import type { SegmentSnapshot } from './segment.ts';
import { TimeSlice } from './time-slice.ts';

/** Rows gathered at most between two looks at the clock; their bytes are `copyBytes` at most, or one row's. */
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
  if (fieldIds.length === 0 || snapshots.length === 0) return [];
  const slice = new TimeSlice(signal);
  const messages: ColumnMessage[] = [];
  let bytesLeft: number = LIMITS.responseBytesMax;
  for (const fieldId of fieldIds) {
    const { ends, bytes } = await cutPieces(snapshots, places, fieldId, bytesLeft, slice);
    bytesLeft -= bytes;
    const [firstEnd = 0, ...laterEnds] = ends;
    const first = gatherPiece(snapshots, places, fieldId, 0, firstEnd);
    const joined = laterEnds.length > 0 && new JoinedColumn(places.offsets.length, bytes, first);
    let from = firstEnd;
    for (const to of laterEnds) {
      if (slice.isOver()) await slice.next();
      if (joined) joined.add(gatherPiece(snapshots, places, fieldId, from, to));
      from = to;
    }
    messages.push(encodeColumn(fieldId, joined ? joined.column() : first));
    if (slice.isOver()) await slice.next();
  }
  return messages;
}

/** Where pieces end that may be gathered in one go, and the bytes of all values. At least one row a piece, as many as `PIECE_ROWS`. */
async function cutPieces(
  snapshots: readonly SegmentSnapshot[],
  { segments, offsets }: RowPlaces,
  fieldId: number,
  bytesMax: number,
  slice: TimeSlice,
): Promise<{ readonly ends: readonly number[]; readonly bytes: number }> {
  const ends: number[] = [];
  let bytes = 0;
  let pieceBytes = 0;
  let start = 0;
  let rowBytes = snapshots.map((snapshot) => snapshot.rowBytes(fieldId));
  for (let i = 0; i < offsets.length; i++) {
    const more = rowBytes[segments[i]!]!(offsets[i]!);
    if (i > start && (i - start === PIECE_ROWS || pieceBytes + more > SEGMENT_LIMITS.copyBytes)) {
      ends.push(i);
      start = i;
      pieceBytes = 0;
      if (slice.isOver()) {
        await slice.next();
        rowBytes = snapshots.map((snapshot) => snapshot.rowBytes(fieldId));
      }
    }
    pieceBytes += more;
    bytes += more;
    if (bytes > bytesMax) throw tooLarge(offsets.length);
  }
  ends.push(offsets.length);
  return { ends, bytes };
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
