import { compareKeys } from '../../core/merge/compare-keys.ts';
import { type GroupKey, groupColumn, groupKeyAt } from '../../core/merge/group-key.ts';
import { largerIsNearer } from '../../core/metric.ts';
import { type SearchCost, sumOfCosts } from '../../native/search-cost.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import { GroupTally } from './group-tally.ts';
import type { Grouping } from './grouping.ts';
import { pickQueries } from './query-set.ts';
import { combineRows } from './row-bits.ts';
import type { SegmentHits, SegmentSearch, SegmentSnapshot } from './segment.ts';

/** Hits asked for at first: as if every other hit were of a group that is full. */
const HITS_PER_WANTED = 2;
const HITS_MIN = 64;
/** Hits asked for when one group seems to fill the whole neighbourhood: it is left out in the next round anyway. */
const HITS_MAX = Math.min(4_096, NATIVE_LIMITS.kMax);

/**
 * The nearest rows of one segment, `grouping.size` of each of the `k` groups with the nearest rows. Where a group fills the neighbourhood, its rows are left out and the others are
 * asked for again: no group is lost. A round finds a new group, or fills one, or uses up the rows: there are never more rounds than that.
 */
export async function searchGroups(
  snapshot: SegmentSnapshot,
  search: SegmentSearch,
  grouping: Grouping,
  signal?: AbortSignal,
): Promise<SegmentHits & { readonly rounds: number }> {
  const { queryCount, k: groupCount } = search;
  const { size, only } = grouping;
  const tallies = Array.from({ length: queryCount }, () => new GroupTally(groupCount, size, only));
  const allowedFrom = only && (await snapshot.rowsOfGroups(grouping, only));
  let asked = Math.min(Math.max(groupCount * size * HITS_PER_WANTED, HITS_MIN), NATIVE_LIMITS.kMax);
  const first = await snapshot.search({ ...search, k: asked, only: allowedFrom });
  const costs: SearchCost[] = [first];
  take(snapshot, grouping, first, asked, tallies);
  let rounds = 1;
  for (let query = 0; query < queryCount; query++) {
    const tally = tallies[query]!;
    const one = { ...search, ...pickQueries(search, Uint32Array.of(query)) };
    for (let round = 1; !tally.isComplete; round++) {
      signal?.throwIfAborted();
      asked = Math.max(asked, Math.min(asked * 2, HITS_MAX), tally.keptCount + HITS_MIN);
      const wanted = tally.unfilled;
      const allowed = wanted
        ? await snapshot.rowsOfGroups(grouping, wanted)
        : await without(snapshot, grouping, tally.full, allowedFrom);
      const k = Math.min(asked, NATIVE_LIMITS.kMax);
      const hits = await snapshot.search({ ...one, k, only: allowed });
      costs.push(hits);
      take(snapshot, grouping, hits, k, [tally]);
      rounds = Math.max(rounds, round + 1);
    }
  }
  const { method, allowedCount } = first;
  return { ...hitsOf(snapshot, tallies, search), method, allowedCount, ...sumOfCosts(costs), rounds };
}

async function without(
  snapshot: SegmentSnapshot,
  grouping: Grouping,
  groups: ReadonlySet<GroupKey>,
  only: Uint8Array | undefined,
): Promise<Uint8Array | undefined> {
  return combineRows(snapshot.rowCount, only, [await snapshot.rowsOfGroups(grouping, groups)]).bits;
}

/** Shows the hits of each query to its tally. */
function take(
  snapshot: SegmentSnapshot,
  { fieldId, path }: Grouping,
  { counts, offsets, scores }: SegmentHits,
  asked: number,
  tallies: readonly GroupTally[],
): void {
  const groups = groupColumn(snapshot.gather(fieldId, offsets), path);
  let hit = 0;
  for (let query = 0; query < counts.length; query++) {
    const tally = tallies[query]!;
    for (const end = hit + counts[query]!; hit < end; hit++) {
      tally.add(groupKeyAt(groups, hit), offsets[hit]!, scores[hit]!);
    }
    tally.endRound(counts[query]! < asked);
  }
}

/** What the tallies kept, nearest first, hits of one score by their keys. */
function hitsOf(snapshot: SegmentSnapshot, tallies: readonly GroupTally[], { metric }: SegmentSearch) {
  const sign = largerIsNearer(metric) ? -1 : 1;
  const lists = tallies.map((tally) => {
    const kept = tally.kept();
    const keys = snapshot.keys(Uint32Array.from(kept, (hit) => hit.offset));
    const order = kept.map((_, i) => i);
    order.sort((l, r) => sign * (kept[l]!.score - kept[r]!.score) || compareKeys(keys[l]!, keys[r]!));
    return order.map((i) => kept[i]!);
  });
  const all = lists.flat();
  return {
    counts: Uint32Array.from(lists, (list) => list.length),
    scores: Float32Array.from(all, (hit) => hit.score),
    offsets: Uint32Array.from(all, (hit) => hit.offset),
  };
}
