import { availableParallelism } from 'node:os';
import { type AddonSparseIndex, loadAddon } from './addon.ts';
import { checkBytes, checkInteger } from './check-arguments.ts';
import { joinHits } from './join-hits.ts';
import { LIMITS, type SearchHits } from './vector-store.ts';

/**
 * One sparse vector field of one segment: an inverted index, append-only. Rows are dense offsets in the order they were added. A sparse vector is a run of pairs
 * of a uint32 term and a float32 value, little endian, terms ascending and distinct; values of rows are not negative.
 *
 * Rows are searchable when `append` returns; `index` brings them from a list that every search reads through into postings. Nothing here holds the event loop longer than a
 * copy of the rows. The arguments are checked before they reach C++.
 */
export interface SparseIndex {
  readonly rowCount: number;
  /** Rows in postings. */
  readonly indexedCount: number;
  readonly memoryBytes: number;
  /** Row i is `bytes[offsets[i] .. offsets[i + 1]]`. */
  append(bytes: Uint8Array, offsets: Uint32Array): void;
  /** Brings rows into postings as soon as there are enough of them, or (`everything`) all of them, into one block: for an index that is complete. */
  index(everything: boolean): Promise<void>;
  /** `queries`: like rows. Distances are minus the score; rows with a score of 0 are no hits. */
  search(queries: SparseQueries, options: SparseSearchOptions): Promise<SearchHits>;
  statistics(terms: Uint32Array): Promise<SparseStatistics>;
  /** Running calls are answered; later ones throw. Idempotent. */
  close(): void;
}

export interface SparseQueries {
  readonly bytes: Uint8Array;
  /** One more than there are queries. */
  readonly offsets: Uint32Array;
}

export interface SparseSearchOptions {
  readonly k: number;
  /** Allowed rows, as in `SearchOptions`. */
  readonly filter?: Uint8Array;
  readonly visibleRows: number;
  /** Share of a query's smallest values, by number, that may be left out: 0 to 1. */
  readonly dropRatio: number;
  /** Scores are BM25 instead of inner products: values are term frequencies, query values weights. */
  readonly bm25?: Bm25Options;
}

export interface Bm25Options {
  /** Mean sum of a row's values. */
  readonly averageLength: number;
  readonly k1: number;
  readonly b: number;
}

export interface SparseStatistics {
  /** Sum of all values of all rows. */
  readonly total: number;
  /** Per term: rows that have it. */
  readonly rowCounts: Float64Array;
}

/** Queries of one native call: a thread of the pool is free again after them. */
const QUERIES_AT_ONCE = 16;
const PAIR_BYTES = 8;

export function createSparseIndex(): SparseIndex {
  return new NativeSparseIndex(new (loadAddon().SparseIndex)());
}

class NativeSparseIndex implements SparseIndex {
  #index: AddonSparseIndex | undefined;

  constructor(index: AddonSparseIndex) {
    this.#index = index;
  }

  get rowCount(): number {
    return this.#open().rows;
  }

  get indexedCount(): number {
    return this.#open().indexed;
  }

  get memoryBytes(): number {
    return this.#open().memory;
  }

  append(bytes: Uint8Array, offsets: Uint32Array): void {
    const index = this.#open();
    checkPairs('rows', bytes, offsets);
    checkInteger('rows', offsets.length - 1, 0, LIMITS.rowsMax - index.rows);
    index.append(bytes, offsets);
  }

  async index(everything: boolean): Promise<void> {
    await this.#open().index(everything);
  }

  async search(queries: SparseQueries, options: SparseSearchOptions): Promise<SearchHits> {
    const index = this.#open();
    const queryCount = queries.offsets.length - 1;
    checkPairs('queries', queries.bytes, queries.offsets);
    checkInteger('queryCount', queryCount, 1, LIMITS.queriesMax);
    checkOptions(options, index.rows);
    const { k, filter, visibleRows, dropRatio, bm25 } = options;
    const scoring = bm25 ? ([bm25.averageLength, bm25.k1, bm25.b] as const) : ([-1, 0, 0] as const);
    const ask = (first: number, count: number) =>
      index.search(queries.bytes, queries.offsets, first, count, k, filter, visibleRows, dropRatio, ...scoring);
    if (queryCount === 1) return ask(0, 1);
    const atOnce = Math.min(QUERIES_AT_ONCE, Math.ceil(queryCount / availableParallelism()));
    const parts = new Array<SearchHits>(Math.ceil(queryCount / atOnce));
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let part = next++; part < parts.length; part = next++) {
        const first = part * atOnce;
        parts[part] = await ask(first, Math.min(atOnce, queryCount - first));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
    return joinHits(parts);
  }

  async statistics(terms: Uint32Array): Promise<SparseStatistics> {
    return this.#open().statistics(terms);
  }

  close(): void {
    this.#index?.close();
    this.#index = undefined;
  }

  #open(): AddonSparseIndex {
    if (!this.#index) throw new Error('the sparse index is closed');
    return this.#index;
  }
}

function checkPairs(name: string, bytes: Uint8Array, offsets: Uint32Array): void {
  checkBytes(name, bytes);
  if (!(offsets instanceof Uint32Array) || offsets.length === 0) {
    throw new TypeError(`offsets of ${name} must be a Uint32Array of one more than there are`);
  }
  for (let i = 1; i < offsets.length; i++) {
    const length = offsets[i]! - offsets[i - 1]!;
    if (length >= 0 && length % PAIR_BYTES === 0) continue;
    throw new RangeError(`${name} must be runs of ${PAIR_BYTES} bytes, number ${i - 1} has ${length} bytes`);
  }
  if (offsets.at(-1)! > bytes.byteLength) {
    throw new RangeError(`offsets of ${name} end at ${offsets.at(-1)} of ${bytes.byteLength} bytes`);
  }
}

function checkOptions({ k, filter, visibleRows, dropRatio }: SparseSearchOptions, rows: number): void {
  checkInteger('k', k, 1, LIMITS.kMax);
  checkInteger('visibleRows', visibleRows, 0, rows);
  if (!(dropRatio >= 0 && dropRatio < 1)) throw new RangeError(`dropRatio must be from 0 to below 1, got ${dropRatio}`);
  if (filter === undefined) return;
  checkBytes('filter', filter);
  if (filter.byteLength * 8 < visibleRows) {
    throw new RangeError(`filter must have a bit for each of ${visibleRows} rows, got ${filter.byteLength} bytes`);
  }
}
