import { compareKeys } from '../../core/merge/compare-keys.ts';
import { type HitList, type KeyList, type MergedHits, mergeHits } from '../../core/merge/merge-hits.ts';
import { largerIsNearer } from '../../core/metric.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import { HitRounds } from './hit-rounds.ts';
import { pickQueries } from './query-set.ts';
import type { SegmentPlan } from './search-plan.ts';
import type { SegmentHits, SegmentSearch, SegmentSnapshot } from './segment.ts';

/** One segment's part of a search over several, as it stands after the rounds so far. */
export interface SegmentPart {
  readonly hits: SegmentHits;
  readonly list: HitList;
  readonly rounds: number;
  /** When its last answer came, by `performance.now()`. */
  readonly endMs: number;
}

export interface SearchedSnapshots {
  readonly parts: readonly SegmentPart[];
  readonly merged: MergedHits;
  /** Spent on making one list of the segments'. */
  readonly reduceMs: number;
}

/**
 * The k nearest rows per query over several segments: each is asked for its share (`plans`), the answers are merged, and a segment that may hold more of the k nearest is
 * asked again for the queries in question. The result is that of asking every segment for all k.
 */
export async function searchSnapshots(
  snapshots: readonly SegmentSnapshot[],
  search: SegmentSearch,
  plans: readonly SegmentPlan[],
  signal?: AbortSignal,
): Promise<SearchedSnapshots> {
  const askers = snapshots.map((snapshot, i) => new Asker(snapshot, search, plans[i]!));
  await Promise.all(askers.map((asker) => asker.ask(undefined)));
  const options = { queryCount: search.queryCount, k: search.k, largerIsNearer: largerIsNearer(search.metric) };
  let reduceMs = 0;
  for (;;) {
    signal?.throwIfAborted();
    const startedMs = performance.now();
    const parts = askers.map((asker) => asker.part);
    const merged = mergeHits(
      parts.map((part) => part.list),
      options,
    );
    reduceMs += performance.now() - startedMs;
    if (askers.length === 1) return { parts, merged, reduceMs };
    const worst = worstScores(parts, merged, search.k, options.largerIsNearer);
    const again = askers.map((asker) => ({ asker, queries: asker.queriesWithMore(worst) }));
    const open = again.filter(({ queries }) => queries.length > 0);
    if (open.length === 0) return { parts, merged, reduceMs };
    await Promise.all(open.map(({ asker, queries }) => asker.ask(queries)));
  }
}

/** The k-th score of each query, as a distance (smaller is nearer); infinite where there are fewer than k hits. */
function worstScores(parts: readonly SegmentPart[], merged: MergedHits, k: number, larger: boolean): Float64Array {
  const worst = new Float64Array(merged.counts.length).fill(Number.POSITIVE_INFINITY);
  let end = 0;
  for (let query = 0; query < worst.length; query++) {
    end += merged.counts[query]!;
    if (merged.counts[query]! < k) continue;
    const score = parts[merged.lists[end - 1]!]!.list.scores[merged.rows[end - 1]!]!;
    worst[query] = larger ? -score : score;
  }
  return worst;
}

/** Asks one segment, round by round. */
class Asker {
  readonly #snapshot: SegmentSnapshot;
  readonly #search: SegmentSearch;
  readonly #rounds: HitRounds;
  /** Hits asked for, per query. */
  readonly #asked: Uint32Array;
  readonly #plan: SegmentPlan;
  #part: SegmentPart | undefined;

  constructor(snapshot: SegmentSnapshot, search: SegmentSearch, plan: SegmentPlan) {
    this.#snapshot = snapshot;
    this.#search = search;
    this.#plan = plan;
    this.#rounds = new HitRounds(search.queryCount);
    this.#asked = new Uint32Array(search.queryCount);
  }

  get part(): SegmentPart {
    return this.#part!;
  }

  /** Asks the planned part of all queries, or everything of some. */
  async ask(queries: Uint32Array | undefined): Promise<void> {
    const { k, expansion } = this.#search;
    if (queries === undefined) {
      this.#asked.fill(this.#plan.k);
      this.#take(await this.#snapshot.search({ ...this.#search, ...this.#plan }), undefined);
      return;
    }
    const more = queries.reduce((most, query) => Math.max(most, this.#asked[query]! * 2), k);
    const asked = Math.min(more, NATIVE_LIMITS.kMax);
    const search = {
      ...this.#search,
      ...pickQueries(this.#search, queries),
      k: asked,
      expansion: Math.max(expansion, asked),
    };
    for (const query of queries) this.#asked[query] = asked;
    this.#take(await this.#snapshot.search(search), queries);
  }

  /** Queries of which this segment gave all it was asked for, the last of it nearer than the k-th of all. */
  queriesWithMore(worst: Float64Array): Uint32Array {
    const sign = largerIsNearer(this.#search.metric) ? -1 : 1;
    const { counts, scores } = this.part.hits;
    const found: number[] = [];
    let end = 0;
    for (let query = 0; query < counts.length; query++) {
      end += counts[query]!;
      const isCut = counts[query]! >= this.#asked[query]! && this.#asked[query]! < NATIVE_LIMITS.kMax;
      if (isCut && sign * scores[end - 1]! < worst[query]!) found.push(query);
    }
    return Uint32Array.from(found);
  }

  #take(hits: SegmentHits, queries: Uint32Array | undefined): void {
    this.#rounds.add(hits, queries);
    const all = this.#rounds.hits();
    this.#part = { ...listOf(this.#snapshot, all), rounds: this.#rounds.roundCount, endMs: performance.now() };
  }
}

/** Keys and timestamps of the hits; hits of one score in the order of their keys, so that answers repeat. */
function listOf(snapshot: SegmentSnapshot, hits: SegmentHits): { readonly hits: SegmentHits; readonly list: HitList } {
  const keys = snapshot.keys(hits.offsets);
  const order = orderTies(hits, keys);
  const offsets = order ? hits.offsets.map((_, i) => hits.offsets[order[i]!]!) : hits.offsets;
  const list = {
    counts: hits.counts,
    scores: hits.scores,
    keys: order ? snapshot.keys(offsets) : keys,
    timestamps: snapshot.timestamps(offsets),
  };
  return { hits: order ? { ...hits, offsets } : hits, list };
}

/** The hits' places with runs of equal scores sorted by key; undefined when there are no such runs. */
function orderTies({ counts, scores }: SegmentHits, keys: KeyList): Uint32Array | undefined {
  let order: Uint32Array | undefined;
  let end = 0;
  for (const count of counts) {
    let from = end;
    end += count;
    for (let i = from + 1; i <= end; i++) {
      if (i < end && scores[i] === scores[from]) continue;
      if (i - from > 1) {
        order ??= Uint32Array.from(scores, (_, place) => place);
        order.subarray(from, i).sort((left, right) => compareKeys(keys[left]!, keys[right]!));
      }
      from = i;
    }
  }
  return order;
}
