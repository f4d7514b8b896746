import type { GroupKey } from './group-key.ts';
import type { MergedHits } from './merge-hits.ts';

export interface GroupWindow {
  /** Groups wanted per query; they rank by their nearest hit. */
  readonly groupCount: number;
  /** Hits of each. */
  readonly groupSize: number;
}

/** Of ranked hits the nearest `groupSize` of each of the first `groupCount` groups, in their order; `groupOf` says to which group hit `row` of list `list` belongs. */
export function selectGroups(
  merged: Omit<MergedHits, 'short'>,
  groupOf: (list: number, row: number) => GroupKey,
  { groupCount, groupSize }: GroupWindow,
): Omit<MergedHits, 'short'> {
  const counts = new Uint32Array(merged.counts.length);
  const lists = new Uint32Array(merged.lists.length);
  const rows = new Uint32Array(merged.rows.length);
  let at = 0;
  let hit = 0;
  for (let query = 0; query < counts.length; query++) {
    const sizes = new Map<GroupKey, number>();
    const start = at;
    for (const end = hit + merged.counts[query]!; hit < end; hit++) {
      const list = merged.lists[hit]!;
      const row = merged.rows[hit]!;
      const key = groupOf(list, row);
      const size = sizes.get(key) ?? 0;
      if (size === groupSize || (size === 0 && sizes.size === groupCount)) continue;
      sizes.set(key, size + 1);
      lists[at] = list;
      rows[at++] = row;
    }
    counts[query] = at - start;
  }
  return { counts, lists: lists.subarray(0, at), rows: rows.subarray(0, at) };
}

/** Leaves out the first `offset` groups of each query and puts the hits of a group together, the groups by their nearest hit. */
export function arrangeGroups(
  merged: Omit<MergedHits, 'short'>,
  groupOf: (list: number, row: number) => GroupKey,
  offset: number,
): Omit<MergedHits, 'short'> {
  const counts = new Uint32Array(merged.counts.length);
  const hits: number[] = [];
  let hit = 0;
  for (let query = 0; query < counts.length; query++) {
    const groups = new Map<GroupKey, number[]>();
    for (const end = hit + merged.counts[query]!; hit < end; hit++) {
      const key = groupOf(merged.lists[hit]!, merged.rows[hit]!);
      const group = groups.get(key);
      if (group) group.push(hit);
      else groups.set(key, [hit]);
    }
    const chosen = [...groups.values()].slice(offset).flat();
    counts[query] = chosen.length;
    hits.push(...chosen);
  }
  const order = Uint32Array.from(hits);
  return { counts, lists: order.map((i) => merged.lists[i]!), rows: order.map((i) => merged.rows[i]!) };
}
