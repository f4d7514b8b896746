import type { Column } from '../../core/columns/column.ts';
import { pickRows } from '../../core/columns/column-operations.ts';
import { LIMITS } from './limits.ts';

/**
 * A column of a segment in pieces of `LIMITS.chunkRows` rows (the last may be shorter): growing never copies more than a piece, a piece is a record batch of the
 * file, and long work has natural places to pause. Row r lies in chunk `r >>> CHUNK_SHIFT` at `r & CHUNK_MASK`.
 */
export interface ColumnChunks {
  readonly chunkCount: number;
  /** A view; its rows never change, later ones of a growing column are not in it. */
  chunk(index: number): Column;
}

export const CHUNK_SHIFT = Math.log2(LIMITS.chunkRows);
export const CHUNK_MASK = LIMITS.chunkRows - 1;

export function chunkCountOf(rowCount: number): number {
  return Math.ceil(rowCount / LIMITS.chunkRows);
}

/** Rows of one chunk of a segment of `rowCount` rows. */
export function rowsOfChunk(index: number, rowCount: number): number {
  return Math.min(LIMITS.chunkRows, rowCount - index * LIMITS.chunkRows);
}

/** A column in memory that does not grow. */
export function fixedChunks(chunks: readonly Column[]): ColumnChunks {
  return { chunkCount: chunks.length, chunk: (index) => chunks[index]! };
}

/** The chunks of a column within one turn: each view is made once, when it is first needed. */
export class ChunkViews {
  readonly #column: ColumnChunks;
  readonly #views: (Column | undefined)[] = [];

  constructor(column: ColumnChunks) {
    this.#column = column;
  }

  /** The chunk that holds the row `offset & CHUNK_MASK`. */
  of(offset: number): Column {
    const index = offset >>> CHUNK_SHIFT;
    const view = this.#views[index] ?? this.#column.chunk(index);
    this.#views[index] = view;
    return view;
  }
}

/** The rows at these offsets, in that order. */
export function gatherChunks(column: ColumnChunks, offsets: Uint32Array): Column {
  const places = new Uint32Array(offsets.length);
  const rows = new Uint32Array(offsets.length);
  const chunks: Column[] = [];
  const placeOf = new Int32Array(column.chunkCount).fill(-1);
  for (let i = 0; i < offsets.length; i++) {
    const index = offsets[i]! >>> CHUNK_SHIFT;
    if (placeOf[index]! < 0) placeOf[index] = chunks.push(column.chunk(index)) - 1;
    places[i] = placeOf[index]!;
    rows[i] = offsets[i]! & CHUNK_MASK;
  }
  return pickRows(chunks.length > 0 ? chunks : [column.chunk(0)], places, rows);
}
