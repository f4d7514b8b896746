import type { KeyList } from '../../core/merge/merge-hits.ts';
import { mergeHits } from '../../core/merge/merge-hits.ts';
import { largerIsNearer, type MetricType } from '../../core/metric.ts';
import { NO_COST } from '../../native/search-cost.ts';
import { LIMITS as NATIVE_LIMITS, type SearchHits } from '../../native/vector-store.ts';
import { HitRounds } from './hit-rounds.ts';
import { LIMITS } from './limits.ts';
import { pickQueries, type QuerySet } from './query-set.ts';
import type { RowSet } from './row-bits.ts';
import type { SegmentHits, SegmentSearch } from './segment.ts';

/** What is searched: an index, the rows of it that count, and what tells doubles apart. */
export interface SearchTarget {
  /** The k nearest allowed rows of each query, distances smaller for nearer. */
  nearest(queries: QuerySet, k: number): Promise<SearchHits>;
  readonly allowed: RowSet;
  readonly hasDuplicateKeys: boolean;
  keys(offsets: Uint32Array): KeyList;
  timestamps(offsets: Uint32Array): BigUint64Array;
}

/** Room for doubles in the first question: a quarter more. */
const DUPLICATE_SHARE = 0.25;
const DUPLICATE_ROOM_MIN = 8;

/**
 * k nearest allowed rows per query, within the range if there is one, with distinct keys. The native search knows neither: where hits fall out afterwards, the query is
 * asked again for twice as many, until k are left, the rows are used up or the range is behind. Queries of which `kMax` rows did not suffice are named as unfinished.
 */
export async function searchSegment(target: SearchTarget, request: SegmentSearch): Promise<SegmentHits> {
  const most = Math.min(target.allowed.count, NATIVE_LIMITS.kMax);
  if (most === 0 || request.queryCount === 0) return noHits(request.queryCount);
  const k = Math.min(request.k, most);
  const dropsHits = target.hasDuplicateKeys || request.radius !== undefined || request.rangeFilter !== undefined;
  return dropsHits ? searchInRounds(target, request, k, most) : ask(target, request, undefined, k);
}

async function searchInRounds(
  target: SearchTarget,
  request: SegmentSearch,
  k: number,
  most: number,
): Promise<SegmentHits> {
  const rounds = new HitRounds(request.queryCount);
  const room = target.hasDuplicateKeys ? Math.max(DUPLICATE_ROOM_MIN, Math.ceil(k * DUPLICATE_SHARE)) : 0;
  let queries = new Uint32Array(request.queryCount).map((_, query) => query);
  for (let asked = Math.min(k + room, most); ; asked = Math.min(asked * 2, most)) {
    const short: number[] = [];
    const queriesAtOnce = Math.max(1, Math.floor(LIMITS.hitsPerTurn / asked));
    for (let from = 0; from < queries.length; from += queriesAtOnce) {
      const group = queries.subarray(from, from + queriesAtOnce);
      const hits = await ask(target, request, group, asked);
      const { kept, isShort } = keepHits(target, request, hits, asked, k);
      rounds.add(kept, group);
      for (let i = 0; i < group.length; i++) if (isShort[i] === 1) short.push(group[i]!);
    }
    if (short.length === 0) return rounds.hits();
    if (asked === most) return { ...rounds.hits(), unfinished: Uint32Array.from(short) };
    queries = Uint32Array.from(short);
  }
}

export function noHits(queryCount: number): SegmentHits {
  return {
    counts: new Uint32Array(queryCount),
    scores: new Float32Array(0),
    offsets: new Uint32Array(0),
    method: 'exact',
    allowedCount: 0,
    ...NO_COST,
  };
}

/** Asks for the queries with these numbers (undefined: all). */
async function ask(
  target: SearchTarget,
  request: SegmentSearch,
  numbers: Uint32Array | undefined,
  k: number,
): Promise<SegmentHits> {
  const hits = await target.nearest(numbers ? pickQueries(request, numbers) : request, k);
  return { ...toUserScores(hits, request.metric), allowedCount: target.allowed.count };
}

/** Native distances are smaller for nearer: IP and cosine come negated. */
function toUserScores(hits: SearchHits, metric: MetricType): Omit<SegmentHits, 'allowedCount'> {
  const { counts, distances, offsets, method, visited, queueMs, runMs } = hits;
  if (largerIsNearer(metric)) for (let i = 0; i < distances.length; i++) distances[i] = -distances[i]!;
  return { counts, scores: distances, offsets, method, visited, queueMs, runMs };
}

/** Hits in the range, of doubles the newest; and the queries that are short of k although there may be more. */
function keepHits(
  target: SearchTarget,
  request: SegmentSearch,
  hits: SegmentHits,
  asked: number,
  k: number,
): { readonly kept: SegmentHits; readonly isShort: Uint8Array } {
  const larger = largerIsNearer(request.metric);
  const range = cutToRange(hits, request, larger);
  const list = {
    counts: range.counts,
    scores: range.hits.scores,
    keys: target.keys(range.hits.offsets),
    timestamps: target.timestamps(range.hits.offsets),
  };
  const merged = mergeHits([list], { queryCount: hits.counts.length, k, largerIsNearer: larger });
  const kept = {
    ...hits,
    counts: merged.counts,
    scores: Float32Array.from(merged.rows, (row) => list.scores[row]!),
    offsets: Uint32Array.from(merged.rows, (row) => range.hits.offsets[row]!),
  };
  const isShort = new Uint8Array(hits.counts.length);
  for (let query = 0; query < isShort.length; query++) {
    const mayHaveMore = hits.counts[query]! >= asked && range.isBehind[query] === 0;
    isShort[query] = mayHaveMore && merged.counts[query]! < k ? 1 : 0;
  }
  return { kept, isShort };
}

/** Milvus: L2 and the bit metrics keep rangeFilter <= score < radius, IP and COSINE radius < score <= rangeFilter. */
function cutToRange(hits: SegmentHits, request: SegmentSearch, larger: boolean) {
  const sign = larger ? -1 : 1;
  const outer = request.radius === undefined ? Number.POSITIVE_INFINITY : sign * request.radius;
  const inner = request.rangeFilter === undefined ? Number.NEGATIVE_INFINITY : sign * request.rangeFilter;
  const counts = new Uint32Array(hits.counts.length);
  const isBehind = new Uint8Array(hits.counts.length);
  const rows = new Uint32Array(hits.scores.length);
  let at = 0;
  let row = 0;
  for (let query = 0; query < counts.length; query++) {
    const start = at;
    for (const end = row + hits.counts[query]!; row < end; row++) {
      const distance = sign * hits.scores[row]!;
      if (distance >= outer) isBehind[query] = 1;
      else if (distance >= inner) rows[at++] = row;
    }
    counts[query] = at - start;
  }
  const kept = rows.subarray(0, at);
  return {
    counts,
    isBehind,
    hits: {
      scores: Float32Array.from(kept, (hit) => hits.scores[hit]!),
      offsets: Uint32Array.from(kept, (hit) => hits.offsets[hit]!),
    },
  };
}
