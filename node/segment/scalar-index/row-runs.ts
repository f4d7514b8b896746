import type { RowOrder } from '../../../native/order-rows.ts';
import { createRowBits } from '../row-bits.ts';
import type { TimeSlice } from '../time-slice.ts';

/** Prefixes that are kept as bitsets: a range of rows is then two of them and what lies between it and them. */
const PREFIXES = 16;
/** Below this many rows a bitset is larger than the rows. */
const PREFIX_ROWS_MIN = 4_096;
const MARKS_PER_TURN = 65_536;

/**
 * The rows of a segment by ascending value, cut into runs of equal values. Marking the rows of any range of runs takes time for at most a sixteenth of all
 * rows, and for a pass over a bitset.
 */
export class RowRuns {
  readonly rowCount: number;
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;
  /** `#prefixes[i]` has the first `i * #prefixRows` rows; empty where rows may come twice. */
  readonly #prefixes: readonly Uint8Array[];
  readonly #prefixRows: number;

  private constructor(rowCount: number, order: RowOrder, prefixes: readonly Uint8Array[], prefixRows: number) {
    this.rowCount = rowCount;
    this.#rows = order.order;
    this.#starts = order.starts;
    this.#prefixes = prefixes;
    this.#prefixRows = prefixRows;
  }

  /** `order.order` holds rows, each at most once if they are `distinct`. */
  static async build(rowCount: number, order: RowOrder, distinct: boolean, slice: TimeSlice): Promise<RowRuns> {
    const rows = order.order;
    const prefixRows = Math.ceil(rows.length / PREFIXES);
    const prefixes: Uint8Array[] = [];
    if (distinct && prefixRows >= PREFIX_ROWS_MIN) {
      const bits = createRowBits(rowCount);
      for (let from = 0; from <= rows.length; from += prefixRows) {
        prefixes.push(bits.slice());
        const end = Math.min(from + prefixRows, rows.length);
        for (let at = from; at < end; at += MARKS_PER_TURN) {
          markRows(rows, at, Math.min(at + MARKS_PER_TURN, end), bits);
          if (slice.isOver()) await slice.next();
        }
      }
    }
    return new RowRuns(rowCount, order, prefixes, prefixRows);
  }

  /** Different values. */
  get count(): number {
    return this.#starts.length - 1;
  }

  get memoryBytes(): number {
    const prefixBytes = this.#prefixes.reduce((sum, bits) => sum + bits.byteLength, 0);
    return this.#rows.byteLength + this.#starts.byteLength + prefixBytes;
  }

  /** One row that has the value of the run. */
  rowOf(run: number): number {
    return this.#rows[this.#starts[run]!]!;
  }

  /** Sets the rows of the runs `from .. to - 1` in a bitset made by `createRowBits(rowCount)`. */
  mark(from: number, to: number, out: Uint8Array): void {
    if (from >= to) return;
    const start = this.#starts[from]!;
    const end = this.#starts[to]!;
    const first = Math.ceil(start / this.#prefixRows);
    const last = Math.floor(end / this.#prefixRows);
    const [before, after] = [this.#prefixes[first], this.#prefixes[last]];
    if (!before || !after || last <= first) {
      markRows(this.#rows, start, end, out);
      return;
    }
    markRows(this.#rows, start, first * this.#prefixRows, out);
    markDifference(before, after, out);
    markRows(this.#rows, last * this.#prefixRows, end, out);
  }
}

function markRows(rows: Uint32Array, from: number, to: number, out: Uint8Array): void {
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    out[row >>> 3]! |= 1 << (row & 7);
  }
}

function markDifference(before: Uint8Array, after: Uint8Array, out: Uint8Array): void {
  const [without, all, words] = [before, after, out].map((bits) => new Int32Array(bits.buffer, 0, bits.length >>> 2));
  for (let i = 0; i < words!.length; i++) words![i]! |= all![i]! & ~without![i]!;
}
