import type { PrimaryKey } from '../columns/column.ts';

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
 * the newest (largest timestamp) stays, wherever it ranks among the lists' hits.
 */
export function mergeHits(lists: readonly HitList[], options: MergeOptions): MergedHits {
  const { queryCount, k } = options;
  const capacity =
    queryCount *
    Math.min(
      k,
      lists.reduce((most, list) => most + list.scores.length, 0),
    );
  const outLists = new Uint32Array(capacity);
  const outRows = new Uint32Array(capacity);
  const counts = new Uint32Array(queryCount);
  const short = new Uint8Array(queryCount);
  const starts = new Uint32Array(lists.length);
  let at = 0;
  for (let query = 0; query < queryCount; query++) {
    const cursor = new Cursor(lists, starts, query, options.largerIsNearer);
    const merged = mergeOneQuery(cursor, k, outLists, outRows, at);
    counts[query] = merged;
    short[query] = merged < k && cursor.dropped > 0 && cursor.someListWasFull(k) ? 1 : 0;
    at += merged;
    for (let i = 0; i < lists.length; i++) starts[i]! += lists[i]!.counts[query]!;
  }
  return { counts, lists: outLists.slice(0, at), rows: outRows.slice(0, at), short };
}

function mergeOneQuery(cursor: Cursor, k: number, outLists: Uint32Array, outRows: Uint32Array, start: number): number {
  const seen = new Map<PrimaryKey, number>();
  let count = 0;
  while (count < k) {
    const list = cursor.next();
    if (list < 0) break;
    const row = cursor.take(list);
    const key = cursor.keyOf(list, row);
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, start + count);
      outLists[start + count] = list;
      outRows[start + count] = row;
      count++;
      continue;
    }
    cursor.dropped++;
    if (cursor.isNewer(list, row, outLists[before]!, outRows[before]!)) {
      // The older row ranked better: it leaves, and what came after it moves up.
      outLists.copyWithin(before, before + 1, start + count);
      outRows.copyWithin(before, before + 1, start + count);
      for (const [other, place] of seen) if (place > before) seen.set(other, place - 1);
      outLists[start + count - 1] = list;
      outRows[start + count - 1] = row;
      seen.set(key, start + count - 1);
    }
  }
  return count;
}

/** The heads of all lists for one query. A linear scan: it beats a heap up to about eight lists, and nodes have few segments. */
class Cursor {
  readonly #lists: readonly HitList[];
  readonly #heads: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #sign: number;
  dropped = 0;

  constructor(lists: readonly HitList[], starts: Uint32Array, query: number, largerIsNearer: boolean) {
    this.#lists = lists;
    this.#starts = starts;
    this.#heads = starts.slice();
    this.#ends = Uint32Array.from(lists, (list, i) => starts[i]! + list.counts[query]!);
    this.#sign = largerIsNearer ? -1 : 1;
  }

  /** The list whose head is nearest; -1 when all are used up. */
  next(): number {
    let best = -1;
    let bestScore = 0;
    for (let i = 0; i < this.#lists.length; i++) {
      const head = this.#heads[i]!;
      if (head === this.#ends[i]!) continue;
      const score = this.#sign * this.#lists[i]!.scores[head]!;
      if (best < 0 || score < bestScore || (score === bestScore && this.#keyIsSmaller(i, best))) {
        best = i;
        bestScore = score;
      }
    }
    return best;
  }

  take(list: number): number {
    return this.#heads[list]!++;
  }

  keyOf(list: number, row: number): PrimaryKey {
    return this.#lists[list]!.keys[row]!;
  }

  isNewer(list: number, row: number, otherList: number, otherRow: number): boolean {
    return this.#lists[list]!.timestamps[row]! > this.#lists[otherList]!.timestamps[otherRow]!;
  }

  /** True when a list gave k hits for this query and all of them were taken: it may hold more. */
  someListWasFull(k: number): boolean {
    return this.#lists.some((_, i) => this.#ends[i]! - this.#starts[i]! >= k && this.#heads[i] === this.#ends[i]);
  }

  #keyIsSmaller(left: number, right: number): boolean {
    return this.keyOf(left, this.#heads[left]!) < this.keyOf(right, this.#heads[right]!);
  }
}
