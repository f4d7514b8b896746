import { compareKeys } from './compare-keys.ts';
import { newestRows } from './newest-rows.ts';

/**
 * The k-way merge of ranked lists: pure, on typed arrays, used inside a node (over segments) and in the router (over nodes).
 */

/** Ranked hits of `queryCount` queries from one source: all arrays hold the hits of query 0, then of query 1, ..., nearest first. */
export interface HitList {
  /** Hits per query. */
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly keys: KeyList;
  /** Insert timestamp of each hit's row. */
  readonly timestamps: BigUint64Array;
}

/** Primary keys: a BigInt64Array for Int64 keys, texts for VarChar keys. */
export type KeyList = BigInt64Array | readonly string[];

/** The merged order as references: hit `rows[i]` (index into the arrays) of list `lists[i]`. */
export interface MergedHits {
  readonly counts: Uint32Array;
  readonly lists: Uint32Array;
  readonly rows: Uint32Array;
  /**
   * 1 per query that may have lost hits: fewer than k came out although doubles were dropped and some list that was cut (it held `k` hits or more)
   * is used up. The caller asks that source again for more.
   */
  readonly short: Uint8Array;
}

export interface MergeOptions {
  readonly queryCount: number;
  /** Hits wanted per query. */
  readonly k: number;
  readonly largerIsNearer: boolean;
}

/**
 * Merges `lists` into the best k per query. Ties go to the smaller primary key, so that answers repeat. A primary key appears once per query: of several rows with it
 * the newest (largest timestamp) stays, wherever it ranks among the lists' hits. Takes O(n log lists) for n hits.
 */
export function mergeHits(lists: readonly HitList[], options: MergeOptions): MergedHits {
  const { queryCount, k } = options;
  const hitCount = lists.reduce((sum, list) => sum + list.scores.length, 0);
  const outLists = new Uint32Array(Math.min(queryCount * k, hitCount));
  const outRows = new Uint32Array(outLists.length);
  const counts = new Uint32Array(queryCount);
  const short = new Uint8Array(queryCount);
  const starts = new Uint32Array(lists.length);
  const ends = new Uint32Array(lists.length);
  const heads = new Heads(lists, options.largerIsNearer);
  const newest = newestRows(lists);
  let at = 0;
  for (let query = 0; query < queryCount; query++) {
    let total = 0;
    let isAnyFull = false;
    for (let i = 0; i < lists.length; i++) {
      const count = lists[i]!.counts[query]!;
      starts[i] = ends[i]!;
      ends[i] = starts[i]! + count;
      total += count;
      isAnyFull ||= count >= k;
    }
    const distinct = newest.read(starts, ends);
    const end = at + Math.min(k, distinct);
    counts[query] = end - at;
    short[query] = distinct < k && distinct < total && isAnyFull ? 1 : 0;
    for (heads.begin(starts, ends); at < end; heads.advance()) {
      if (distinct < total && !newest.has(heads.list, heads.row)) continue;
      outLists[at] = heads.list;
      outRows[at] = heads.row;
      at++;
    }
  }
  return { counts, lists: outLists.subarray(0, at), rows: outRows.subarray(0, at), short };
}

/** The next hit of every list for one query, in a binary heap whose root is the nearest. */
class Heads {
  readonly #lists: readonly HitList[];
  readonly #sign: number;
  readonly #heap: Uint32Array;
  readonly #rows: Uint32Array;
  #ends: Uint32Array = new Uint32Array(0);
  #size = 0;

  constructor(lists: readonly HitList[], largerIsNearer: boolean) {
    this.#lists = lists;
    this.#sign = largerIsNearer ? -1 : 1;
    this.#heap = new Uint32Array(lists.length);
    this.#rows = new Uint32Array(lists.length);
  }

  get list(): number {
    return this.#heap[0]!;
  }

  get row(): number {
    return this.#rows[this.#heap[0]!]!;
  }

  begin(starts: Uint32Array, ends: Uint32Array): void {
    this.#rows.set(starts);
    this.#ends = ends;
    this.#size = 0;
    for (let list = 0; list < starts.length; list++) {
      if (starts[list]! < ends[list]!) this.#heap[this.#size++] = list;
    }
    for (let i = (this.#size >>> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** Leaves the nearest hit behind. */
  advance(): void {
    const list = this.#heap[0]!;
    this.#rows[list]!++;
    if (this.#rows[list] === this.#ends[list]) this.#heap[0] = this.#heap[--this.#size]!;
    this.#sink(0);
  }

  #sink(from: number): void {
    const list = this.#heap[from]!;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isNearer(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      if (!this.#isNearer(this.#heap[child]!, list)) break;
      this.#heap[at] = this.#heap[child]!;
      at = child;
    }
    this.#heap[at] = list;
  }

  #isNearer(left: number, right: number): boolean {
    const leftRow = this.#rows[left]!;
    const rightRow = this.#rows[right]!;
    const difference = this.#lists[left]!.scores[leftRow]! - this.#lists[right]!.scores[rightRow]!;
    if (difference !== 0) return this.#sign * difference < 0;
    return compareKeys(this.#lists[left]!.keys[leftRow]!, this.#lists[right]!.keys[rightRow]!) < 0;
  }
}
