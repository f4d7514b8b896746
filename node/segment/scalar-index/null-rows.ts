import { CHUNK_SHIFT, type ColumnChunks } from '../column-chunks.ts';
import { createRowBits } from '../row-bits.ts';
import type { TimeSlice } from '../time-slice.ts';

/** The null rows of a column, one bit per row; undefined if there are none. */
export async function nullRowsOf(
  chunks: ColumnChunks,
  rowCount: number,
  slice: TimeSlice,
): Promise<Uint8Array | undefined> {
  let bits: Uint8Array | undefined;
  for (let chunk = 0; chunk < chunks.chunkCount; chunk++) {
    const { valid, rowCount: chunkRows } = chunks.chunk(chunk);
    if (!valid) continue;
    const firstRow = chunk << CHUNK_SHIFT;
    for (let i = 0; i < chunkRows; i++) {
      if (valid[i] !== 0) continue;
      bits ??= createRowBits(rowCount);
      bits[(firstRow + i) >>> 3]! |= 1 << (i & 7);
    }
    if (slice.isOver()) await slice.next();
  }
  return bits;
}
