import { BraidError } from '../errors.ts';
import { DataType } from '../schema/data-type.ts';
import type { BytesColumn } from './column.ts';
import { bytesAt, bytesColumn, bytesColumnFrom } from './column-operations.ts';

/**
 * Rows of sparse vectors: pairs of a uint32 index and a float32 value, little endian, as on the wire and in a SparseFloatVector column (column.ts).
 * The rules are Milvus' (typeutil.ValidateSparseFloatRows): indexes below 2^32 - 1 and distinct, values finite and not negative. Pairs in disorder are sorted.
 * Zeroes stay, since users get back what they wrote; they add nothing to a score, and a score of 0 is no hit.
 */

const PAIR_BYTES = 8;
const INDEX_MAX = 0xffff_fffe;

/** How many pairs the row has. */
export function sparseLength(row: Uint8Array): number {
  return row.length / PAIR_BYTES;
}

/** Of the smallest space that holds the row: its largest index plus one. The row is normal. */
export function sparseDimension(row: Uint8Array): number {
  return row.length === 0 ? 0 : viewOf(row).getUint32(row.length - PAIR_BYTES, true) + 1;
}

/** The row as `{ index: value }` entries, in the order of the indexes. */
export function sparseEntries(row: Uint8Array): [number, number][] {
  const view = viewOf(row);
  return Array.from({ length: sparseLength(row) }, (_, i) => [
    view.getUint32(i * PAIR_BYTES, true),
    view.getFloat32(i * PAIR_BYTES + 4, true),
  ]);
}

/** A row of pairs in any order: not yet normal. */
export function sparseRowOf(indexes: ArrayLike<number>, values: ArrayLike<number>): Uint8Array {
  const row = new Uint8Array(indexes.length * PAIR_BYTES);
  const view = viewOf(row);
  for (let i = 0; i < indexes.length; i++) {
    view.setUint32(i * PAIR_BYTES, indexes[i]!, true);
    view.setFloat32(i * PAIR_BYTES + 4, values[i]!, true);
  }
  return row;
}

/** The row as the column has it: the same object if it is so already. Throws `parameterInvalid` for what is no sparse vector. */
export function normalSparseRow(row: Uint8Array): Uint8Array {
  if (row.length % PAIR_BYTES !== 0) throw invalid(`invalid data length in sparse float vector: ${row.length}`);
  const view = viewOf(row);
  let isNormal = true;
  for (let at = 0; at < row.length; at += PAIR_BYTES) {
    const index = view.getUint32(at, true);
    const value = view.getFloat32(at + 4, true);
    if (index > INDEX_MAX) throw invalid('invalid index in sparse float vector: must be less than 2^32-1');
    if (!Number.isFinite(value)) throw invalid('value is not a number or infinity in sparse float vector');
    if (value < 0) throw invalid(`negative value in sparse float vector: ${value}`);
    if (at > 0 && index <= view.getUint32(at - PAIR_BYTES, true)) isNormal = false;
  }
  return isNormal ? row : sorted(row);
}

/** All rows normal; the same column if they are so already. `valid` says which rows count: null rows come out empty. */
export function normalSparseColumn(column: BytesColumn): BytesColumn {
  const { rowCount, valid } = column;
  let rows: Uint8Array[] | undefined;
  for (let row = 0; row < rowCount; row++) {
    const sent = bytesAt(column, row);
    const normal = valid?.[row] === 0 ? EMPTY : normalSparseRow(sent);
    if (normal !== sent && normal.length + sent.length > 0) {
      rows ??= Array.from({ length: rowCount }, (_, earlier) => bytesAt(column, earlier));
    }
    if (rows) rows[row] = normal;
  }
  if (!rows) return column;
  const { offsets, bytes } = bytesColumnFrom(DataType.SparseFloatVector, rows);
  return bytesColumn(DataType.SparseFloatVector, offsets, bytes, valid);
}

const EMPTY = new Uint8Array(0);

function sorted(row: Uint8Array): Uint8Array {
  const entries = sparseEntries(row).sort(([left], [right]) => left - right);
  for (let i = 1; i < entries.length; i++) {
    if (entries[i]![0] === entries[i - 1]![0]) {
      throw invalid(`unsorted or same indices in sparse float vector: index ${entries[i]![0]} occurs twice`);
    }
  }
  return sparseRowOf(
    entries.map(([index]) => index),
    entries.map(([, value]) => value),
  );
}

function viewOf(row: Uint8Array): DataView {
  return new DataView(row.buffer, row.byteOffset, row.byteLength);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
