import { LRUCache } from 'lru-cache';
import { sliceColumn } from '../../core/columns/column-operations.ts';
import type { Filter } from '../../core/filter/filter.ts';
import { CHUNK_MASK, CHUNK_SHIFT, type ColumnChunks } from './column-chunks.ts';
import { LIMITS } from './limits.ts';
import { combineRows, createRowBits, type RowSet, resizeRowBits } from './row-bits.ts';
import { TimeSlice } from './time-slice.ts';

const PIECE_ROWS_MIN = 64;
const PIECE_NS_MAX = 2_000_000;

/**
 * Which rows a filter passes, kept per filter: the rows of a segment never change, so a result stays right, and in a growing segment only the new rows are evaluated.
 * Keyed by the filter object (two filters of one text may differ in their templates); bounded by entries and bytes.
 */
export class FilterResults {
  readonly #columns: ReadonlyMap<number, ColumnChunks>;
  readonly #entries = new LRUCache<Filter, FilterResult>({
    max: LIMITS.filterEntriesMax,
    maxSize: LIMITS.filterBytesMax,
    sizeCalculation: (result) => Math.max(1, result.memoryBytes),
  });
  readonly #unfiltered = new LastCombination();

  constructor(columns: ReadonlyMap<number, ColumnChunks>) {
    this.#columns = columns;
  }

  get memoryBytes(): number {
    return this.#entries.calculatedSize;
  }

  /** Rows 0..rowCount-1 that are in none of `without`. */
  everyRow(rowCount: number, without: Holes): RowSet {
    return this.#unfiltered.combine(rowCount, undefined, without);
  }

  /** Rows 0..rowCount-1 that pass and are in none of `without`. Shares the event loop while it evaluates. */
  async rows(filter: Filter, rowCount: number, without: Holes): Promise<RowSet> {
    let result = this.#entries.get(filter);
    if (!result) {
      result = new FilterResult(filter, this.#columns);
      this.#entries.set(filter, result);
    }
    if (result.rowCount < rowCount) {
      await result.extendTo(rowCount);
      // Its size has changed: the cache weighs an entry only when it is new.
      this.#entries.delete(filter);
      this.#entries.set(filter, result);
    }
    return result.combined(rowCount, without);
  }

  clear(): void {
    this.#entries.clear();
  }
}

type Holes = readonly (Uint8Array | undefined)[];

/** Remembers the newest combination: searches between two deletes share it. */
class LastCombination {
  #last: { readonly rowCount: number; readonly without: Holes; readonly rows: RowSet } | undefined;

  /** `only` keeps its meaning for the rows below `rowCount` from call to call. */
  combine(rowCount: number, only: Uint8Array | undefined, without: Holes): RowSet {
    const last = this.#last;
    if (last?.rowCount === rowCount && last.without.every((bits, i) => bits === without[i])) return last.rows;
    const rows = combineRows(rowCount, only, without);
    this.#last = { rowCount, without, rows };
    return rows;
  }
}

class FilterResult {
  readonly #filter: Filter;
  readonly #columns: ReadonlyMap<number, ColumnChunks>;
  #bits = createRowBits(0);
  #extending: Promise<void> = Promise.resolve();
  readonly #combination = new LastCombination();
  rowCount = 0;

  constructor(filter: Filter, columns: ReadonlyMap<number, ColumnChunks>) {
    this.#filter = filter;
    this.#columns = columns;
  }

  get memoryBytes(): number {
    return this.#bits.byteLength * 2;
  }

  /** Evaluates up to `rowCount` rows; concurrent callers wait for each other and share the work. */
  extendTo(rowCount: number): Promise<void> {
    this.#extending = this.#extending.then(() => this.#extend(rowCount));
    const extending = this.#extending;
    // A filter that throws fails its callers, not those who ask later.
    this.#extending = extending.catch(() => undefined);
    return extending;
  }

  combined(rowCount: number, without: Holes): RowSet {
    return this.#combination.combine(rowCount, this.#bits, without);
  }

  async #extend(rowCount: number): Promise<void> {
    if (this.rowCount >= rowCount) return;
    if (this.#bits.length * 8 < rowCount) this.#bits = resizeRowBits(this.#bits, rowCount);
    const slice = new TimeSlice();
    const pieceRows = rowsPerPiece(this.#filter);
    // Pieces begin at whole bytes: the last, unfinished byte is evaluated again.
    for (let from = this.rowCount & ~7; from < rowCount; ) {
      const chunkEnd = (from | CHUNK_MASK) + 1;
      const to = Math.min(from + pieceRows, chunkEnd, rowCount);
      this.#evaluate(from, to);
      this.rowCount = to;
      from = to;
      if (from < rowCount && slice.isOver()) await slice.next();
    }
  }

  /** Rows from..to-1 of one chunk. */
  #evaluate(from: number, to: number): void {
    const chunk = from >>> CHUNK_SHIFT;
    const start = from & CHUNK_MASK;
    const column = (fieldId: number) => {
      const whole = this.#columns.get(fieldId)?.chunk(chunk);
      // Filters remember what they parsed of a column object: whole chunks keep theirs.
      const isWhole = start === 0 && whole?.rowCount === to - from;
      return whole && !isWhole ? sliceColumn(whole, start, start + to - from) : whole;
    };
    this.#filter.evaluate(
      { rowCount: to - from, firstRow: from, column },
      this.#bits.subarray(from >>> 3, (to + 7) >>> 3),
    );
  }
}

/** A chunk, unless the filter is so long that a chunk would hold the event loop. */
function rowsPerPiece(filter: Filter): number {
  const rows = Math.floor(PIECE_NS_MAX / Math.max(1, filter.costPerRowNs));
  return Math.max(PIECE_ROWS_MIN, Math.min(rows & ~7, LIMITS.chunkRows));
}
