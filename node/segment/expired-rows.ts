import type { Column, FixedColumn } from '../../core/columns/column.ts';
import type { Expiry } from '../../core/schema/expiry.ts';
import { CHUNK_MASK, CHUNK_SHIFT, chunkCountOf, rowsOfChunk } from './column-chunks.ts';
import { createRowBits, resizeRowBits } from './row-bits.ts';
import { TimeSlice } from './time-slice.ts';

/** Chunk `index` of the column that decides: insert timestamps, or the field of an expiry. */
export type ExpiryChunks = (index: number) => Column;

/** What is known of the first `rowCount` rows: the same rows have expired at every moment from `from` to `until`. */
interface Look {
  readonly fieldId: number;
  readonly from: bigint;
  readonly until: bigint;
  readonly rowCount: number;
  readonly bits: Uint8Array;
}

const NEVER = 2n ** 63n - 1n;

/**
 * Which rows of a segment have expired. The rows are looked through only when another one expires; in a growing segment only the new ones are, until then. A segment whose oldest row is younger than
 * its collection's time to live costs nothing.
 */
export class ExpiredRows {
  #last: { readonly expiry: Expiry; readonly rowCount: number; readonly look: Promise<Look> } | undefined;

  /** One bit per row; the same object for the same answer. Shares the event loop while it looks. */
  async bits(expiry: Expiry, rowCount: number, chunks: ExpiryChunks): Promise<Uint8Array> {
    const last = this.#last;
    const isSame = last?.expiry.fieldId === expiry.fieldId && last.expiry.before === expiry.before;
    if (last && isSame && last.rowCount === rowCount) return (await last.look).bits;
    const look = this.#look(last && (await last.look), expiry, rowCount, chunks);
    this.#last = { expiry, rowCount, look };
    return (await look).bits;
  }

  async #look(known: Look | undefined, expiry: Expiry, rowCount: number, chunks: ExpiryChunks): Promise<Look> {
    const { fieldId, before } = expiry;
    const isKnown =
      known?.fieldId === fieldId && known.from <= before && before <= known.until && known.rowCount <= rowCount;
    if (isKnown && known.rowCount === rowCount) return known;
    const start = isKnown ? known.rowCount : 0;
    const bits = isKnown ? resizeRowBits(known.bits, rowCount) : createRowBits(rowCount);
    let next = isKnown ? known.until : NEVER;
    const slice = new TimeSlice();
    for (let index = start >>> CHUNK_SHIFT; index < chunkCountOf(rowCount); index++) {
      const column = chunks(index) as FixedColumn;
      const offset = index << CHUNK_SHIFT;
      const rows = { from: index === start >>> CHUNK_SHIFT ? start & CHUNK_MASK : 0, to: rowsOfChunk(index, rowCount) };
      const nextHere = mark(column, rows, before, bits, offset, fieldId !== 0);
      if (nextHere < next) next = nextHere;
      if (slice.isOver()) await slice.next();
    }
    return { fieldId, from: before, until: next, rowCount, bits };
  }
}

interface Rows {
  readonly from: number;
  readonly to: number;
}

/**
 * Marks rows whose value is before the moment; `isOwnTime`: values of 0 and less, and nulls, are no moments. Gives the moment up to which no other of these rows expires. Compares halves of 32 bits: a
 * bigint per row would cost ten times as much.
 */
function mark(
  { values, valid }: FixedColumn,
  { from, to }: Rows,
  before: bigint,
  bits: Uint8Array,
  offset: number,
  isOwnTime: boolean,
): bigint {
  const halves = new Int32Array(values.buffer, values.byteOffset, to * 2);
  const high = Number(before >> 32n);
  const low = Number(before & 0xffff_ffffn);
  let nextHigh = 0x7fff_ffff;
  let nextLow = 0xffff_ffff;
  for (let row = from; row < to; row++) {
    const rowHigh = halves[row * 2 + 1]!;
    const rowLow = halves[row * 2]! >>> 0;
    if (isOwnTime && (rowHigh < 0 || (rowHigh === 0 && rowLow === 0) || valid?.[row] === 0)) continue;
    if (rowHigh > high || (rowHigh === high && rowLow >= low)) {
      if (rowHigh < nextHigh || (rowHigh === nextHigh && rowLow < nextLow)) {
        nextHigh = rowHigh;
        nextLow = rowLow;
      }
      continue;
    }
    const place = offset + row;
    bits[place >>> 3]! |= 1 << (place & 7);
  }
  return (BigInt(nextHigh) << 32n) + BigInt(nextLow);
}
