import { compareKeys } from '../merge/compare-keys.ts';
import type { GroupKey } from '../merge/group-key.ts';
import type { FusedRow, Selection } from './fuse-hits.ts';

/** How the scores of a group's rows become the group's. */
export type GroupScorer = 'max' | 'sum' | 'avg';

export interface GroupWindowOptions {
  readonly offset: number;
  readonly limit: number;
  /** Rows of a group. */
  readonly size: number;
  /** Groups with fewer rows are left out. */
  readonly isStrict: boolean;
  readonly scorer: GroupScorer;
  readonly isLargerNearer: boolean;
  groupOf(list: number, row: number): GroupKey;
}

/**
 * Groups `offset` to `offset + limit` - 1 in the order of their scores, the rows of each together. Groups of one score: the larger first, then by the first key (Milvus:
 * newGroupingIDScores). `max` means the best row: where smaller is nearer, the smallest score.
 */
export function groupWindow(options: GroupWindowOptions): Selection {
  const { offset, limit, size, isStrict, scorer } = options;
  const sign = options.isLargerNearer ? -1 : 1;
  return (ordered) => {
    const groups = new Map<GroupKey, FusedRow[]>();
    for (const row of ordered) {
      const key = options.groupOf(row.list, row.row);
      const group = groups.get(key);
      if (!group) groups.set(key, [row]);
      else if (group.length < size) group.push(row);
    }
    const ranked = [...groups.values()].map((rows) => ({ rows, score: scoreOf(rows, scorer) }));
    ranked.sort(
      (left, right) =>
        sign * (left.score - right.score) ||
        right.rows.length - left.rows.length ||
        compareKeys(left.rows[0]!.key, right.rows[0]!.key),
    );
    return ranked.slice(offset, offset + limit).flatMap(({ rows }) => (isStrict && rows.length < size ? [] : rows));
  };
}

/** The rows are ordered, the best first. */
function scoreOf(rows: readonly FusedRow[], scorer: GroupScorer): number {
  if (scorer === 'max') return rows[0]!.score;
  const sum = rows.reduce((total, row) => total + row.score, 0);
  return scorer === 'sum' ? sum : sum / rows.length;
}
