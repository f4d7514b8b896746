import { LRUCache } from 'lru-cache';
import type { Filter } from '../../core/filter/filter.ts';
import { type FilteredRows, FilterResult, type Holes, LastCombination } from './filter-result.ts';
import { LIMITS } from './limits.ts';
import type { RowSet } from './row-bits.ts';

/**
 * Which rows a filter passes, kept per filter: the rows of a segment never change, so a result stays right, and in a growing segment only the new rows are evaluated.
 * Keyed by the filter object (two filters of one text may differ in their templates); bounded by entries and bytes.
 */
export class FilterResults {
  readonly #rows: FilteredRows;
  readonly #entries = new LRUCache<Filter, FilterResult>({
    max: LIMITS.filterEntriesMax,
    maxSize: LIMITS.filterBytesMax,
    sizeCalculation: (result) => Math.max(1, result.memoryBytes),
  });
  readonly #unfiltered = new LastCombination();

  constructor(rows: FilteredRows) {
    this.#rows = rows;
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
      result = new FilterResult(filter, this.#rows);
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
