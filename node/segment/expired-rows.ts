import type { FixedColumn } from '../../core/columns/column.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { CHUNK_SHIFT, type ColumnChunks, chunkCountOf, rowsOfChunk } from './column-chunks.ts';
import { createRowBits } from './row-bits.ts';
import { TimeSlice } from './time-slice.ts';

/**
 * Which rows of a segment have outlived their collection's time to live: those inserted before a moment. A segment whose oldest row is younger costs
 * nothing; one that straddles the moment is looked through once per moment and row count, and callers round the moment, so that reads share the result.
 */
export class ExpiredRows {
  readonly #timestamps: ColumnChunks;
  #last: { readonly before: Timestamp; readonly rowCount: number; readonly bits: Promise<Uint8Array> } | undefined;

  /** `timestamps`: insert timestamps, as a column of Int64. */
  constructor(timestamps: ColumnChunks) {
    this.#timestamps = timestamps;
  }

  /** One bit per row; the same object for the same question. Shares the event loop while it looks. */
  bits(before: Timestamp, rowCount: number): Promise<Uint8Array> {
    const last = this.#last;
    if (last?.before === before && last.rowCount === rowCount) return last.bits;
    const bits = this.#look(before, rowCount);
    this.#last = { before, rowCount, bits };
    return bits;
  }

  async #look(before: Timestamp, rowCount: number): Promise<Uint8Array> {
    const bits = createRowBits(rowCount);
    const slice = new TimeSlice();
    for (let index = 0; index < chunkCountOf(rowCount); index++) {
      const { values } = this.#timestamps.chunk(index) as FixedColumn;
      markBefore(values as BigInt64Array, rowsOfChunk(index, rowCount), before, bits, index << CHUNK_SHIFT);
      if (slice.isOver()) await slice.next();
    }
    return bits;
  }
}

/** Compares halves of 32 bits: a bigint per row would cost ten times as much. */
function markBefore(values: BigInt64Array, count: number, before: Timestamp, bits: Uint8Array, offset: number): void {
  const halves = new Uint32Array(values.buffer, values.byteOffset, count * 2);
  const high = Number(before >> 32n);
  const low = Number(before & 0xffff_ffffn);
  for (let row = 0; row < count; row++) {
    const rowHigh = halves[row * 2 + 1]!;
    if (rowHigh > high || (rowHigh === high && halves[row * 2]! >= low)) continue;
    const place = offset + row;
    bits[place >>> 3]! |= 1 << (place & 7);
  }
}
