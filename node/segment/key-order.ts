import type { Column } from '../../core/columns/column.ts';
import { compareKeyRows, sameKey } from '../../core/columns/compare-key-rows.ts';
import { CHUNK_MASK, CHUNK_SHIFT, type ColumnChunks } from './column-chunks.ts';
import type { TimeSlice } from './time-slice.ts';

/** Sorting in place is short of a slice up to here; longer lists are merged from such runs. */
const RUN_ROWS = 2_048;
/** Rows merged between two looks at the clock. */
const MERGE_ROWS = 4_096;

/** The order of a segment's rows: ascending primary key, of equal keys the newest row first. */
export class KeyOrder {
  readonly #keys: readonly Column[];
  readonly #timestamps: readonly BigInt64Array[];

  /** Reads the rows that the columns have now. */
  constructor(keys: ColumnChunks, timestamps: ColumnChunks) {
    const indexes = Array.from({ length: keys.chunkCount }, (_, index) => index);
    this.#keys = indexes.map((index) => keys.chunk(index));
    this.#timestamps = indexes.map(
      (index) => (timestamps.chunk(index) as Column & { readonly values: BigInt64Array }).values,
    );
  }

  compare(left: number, right: number): number {
    const byKey = compareKeyRows(this.#keyChunk(left), left & CHUNK_MASK, this.#keyChunk(right), right & CHUNK_MASK);
    if (byKey !== 0) return byKey;
    const leftTime = this.#timestamps[left >>> CHUNK_SHIFT]![left & CHUNK_MASK]!;
    const rightTime = this.#timestamps[right >>> CHUNK_SHIFT]![right & CHUNK_MASK]!;
    return leftTime > rightTime ? -1 : leftTime < rightTime ? 1 : left - right;
  }

  sameKey(left: number, right: number): boolean {
    return sameKey(this.#keyChunk(left), left & CHUNK_MASK, this.#keyChunk(right), right & CHUNK_MASK);
  }

  /** Sorts offsets; hands over to the event loop between pieces. May use the given array for the result. */
  async sort(offsets: Uint32Array, slice: TimeSlice): Promise<Uint32Array> {
    if (await this.#isSorted(offsets, slice)) return offsets;
    for (let from = 0; from < offsets.length; from += RUN_ROWS) {
      offsets.subarray(from, from + RUN_ROWS).sort((left, right) => this.compare(left, right));
      if (slice.isOver()) await slice.next();
    }
    let source = offsets;
    let target: Uint32Array = new Uint32Array(offsets.length);
    for (let width = RUN_ROWS; width < offsets.length; width *= 2) {
      for (let from = 0; from < offsets.length; from += width * 2) {
        const middle = Math.min(from + width, offsets.length);
        const end = Math.min(from + width * 2, offsets.length);
        await this.#mergeRuns(source, target, from, middle, end, slice);
      }
      [source, target] = [target, source];
    }
    return source;
  }

  async #mergeRuns(
    source: Uint32Array,
    target: Uint32Array,
    from: number,
    middle: number,
    end: number,
    slice: TimeSlice,
  ): Promise<void> {
    let left = from;
    let right = middle;
    for (let at = from; at < end; ) {
      const pause = Math.min(end, at + MERGE_ROWS);
      for (; at < pause; at++) {
        const isLeft = right === end || (left < middle && this.compare(source[left]!, source[right]!) <= 0);
        target[at] = isLeft ? source[left++]! : source[right++]!;
      }
      if (slice.isOver()) await slice.next();
    }
  }

  async #isSorted(offsets: Uint32Array, slice: TimeSlice): Promise<boolean> {
    for (let at = 1; at < offsets.length; ) {
      const pause = Math.min(offsets.length, at + MERGE_ROWS);
      for (; at < pause; at++) if (this.compare(offsets[at - 1]!, offsets[at]!) > 0) return false;
      if (slice.isOver()) await slice.next();
    }
    return true;
  }

  #keyChunk(offset: number): Column {
    return this.#keys[offset >>> CHUNK_SHIFT]!;
  }
}
