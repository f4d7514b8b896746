import { groupColumn, groupKeysOf } from '../../core/merge/group-key.ts';
import { mergeHits } from '../../core/merge/merge-hits.ts';
import { selectGroups } from '../../core/merge/select-groups.ts';
import { largerIsNearer } from '../../core/metric.ts';
import type { Grouping } from './grouping.ts';
import { searchGroups } from './search-groups.ts';
import type { SearchedSnapshots } from './search-snapshots.ts';
import type { SegmentSearch, SegmentSnapshot } from './segment.ts';

/**
 * The nearest groups over several segments: the first `k` groups of each segment are asked for, and the merge keeps the first `k` of all. With one hit per group the
 * result is that of grouping all rows; with more, rows of a group may be missing that lie in a segment where the group is not among the first: whoever wants them asks again, naming
 * the groups (`Grouping.only`).
 */
export async function searchGroupedSnapshots(
  snapshots: readonly SegmentSnapshot[],
  search: SegmentSearch,
  grouping: Grouping,
  signal?: AbortSignal,
): Promise<SearchedSnapshots> {
  const parts = await Promise.all(
    snapshots.map(async (snapshot) => {
      const { rounds, ...hits } = await searchGroups(snapshot, search, grouping, signal);
      const list = {
        counts: hits.counts,
        scores: hits.scores,
        keys: snapshot.keys(hits.offsets),
        timestamps: snapshot.timestamps(hits.offsets),
      };
      return { hits, list, rounds, endMs: performance.now() };
    }),
  );
  const startedMs = performance.now();
  const groups = parts.map(({ hits }, i) =>
    groupKeysOf(groupColumn(snapshots[i]!.gather(grouping.fieldId, hits.offsets), grouping.path)),
  );
  const nearest = mergeHits(
    parts.map((part) => part.list),
    {
      queryCount: search.queryCount,
      k: Math.max(1, ...parts.map(({ hits }) => hits.scores.length)) * Math.max(1, parts.length),
      largerIsNearer: largerIsNearer(search.metric),
    },
  );
  const window = { groupCount: search.k, groupSize: grouping.size };
  const selected = selectGroups(nearest, (list, row) => groups[list]![row]!, window);
  const merged = { ...selected, short: new Uint8Array(search.queryCount) };
  return { parts, merged, reduceMs: performance.now() - startedMs };
}
