import type { PrimaryKey } from '../columns/column.ts';
import { compareKeys } from '../merge/compare-keys.ts';
import type { KeyList } from '../merge/merge-hits.ts';

/** Hits of one search among several with the same queries: all arrays hold those of query 0, then of query 1, ..., nearest first, each key once per query. */
export interface CandidateList {
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly keys: KeyList;
}

/** How the scores that a row has in several lists become one. */
export interface Fusion {
  readonly isLargerNearer: boolean;
  readonly combine: 'sum' | 'max' | 'avg';
  /** What a hit adds: `place` is its place in its list, from 1. */
  part(list: number, place: number, score: number): number;
  /** The final score of a row that stands at `row` of `list` (the first list that has it). */
  finish?(score: number, list: number, row: number): number;
}

/** Rows in their new order, of each query after the other; each is named by the first place it stands at: `rows[i]` of list `lists[i]`. */
export interface FusedHits {
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly lists: Uint32Array;
  readonly rows: Uint32Array;
}

/** Picks what of one query's rows, all in their new order, is the answer. */
export type Selection = (ordered: readonly FusedRow[]) => readonly FusedRow[];

export interface FusedRow {
  readonly key: PrimaryKey;
  readonly list: number;
  readonly row: number;
  score: number;
}

/** Rows `offset` to `offset + limit` - 1. */
export function window(offset: number, limit: number): Selection {
  return (ordered) => ordered.slice(offset, offset + limit);
}

/** Gives every row of the lists one score and orders them by it; equal ones by their keys, so that answers repeat. */
export function fuseHits(
  lists: readonly CandidateList[],
  queryCount: number,
  fusion: Fusion,
  select: Selection,
): FusedHits {
  const starts = new Uint32Array(lists.length);
  const counts = new Uint32Array(queryCount);
  const chosen: FusedRow[] = [];
  const sign = fusion.isLargerNearer ? -1 : 1;
  for (let query = 0; query < queryCount; query++) {
    const rows = scoredRows(lists, query, starts, fusion);
    rows.sort((left, right) => sign * (left.score - right.score) || compareKeys(left.key, right.key));
    const picked = select(rows);
    counts[query] = picked.length;
    chosen.push(...picked);
  }
  return {
    counts,
    scores: Float32Array.from(chosen, (row) => row.score),
    lists: Uint32Array.from(chosen, (row) => row.list),
    rows: Uint32Array.from(chosen, (row) => row.row),
  };
}

/** Moves `starts` on to the next query. Scores have the precision that users see: what looks equal is ordered by key. */
function scoredRows(lists: readonly CandidateList[], query: number, starts: Uint32Array, fusion: Fusion): FusedRow[] {
  const found = new Map<PrimaryKey, FusedRow & { partCount: number }>();
  for (let list = 0; list < lists.length; list++) {
    const { counts, scores, keys } = lists[list]!;
    const start = starts[list]!;
    const end = start + counts[query]!;
    starts[list] = end;
    for (let row = start; row < end; row++) {
      const key = keys[row]!;
      const part = fusion.part(list, row - start + 1, scores[row]!);
      const known = found.get(key);
      if (!known) {
        found.set(key, { key, list, row, score: part, partCount: 1 });
        continue;
      }
      known.partCount++;
      known.score = fusion.combine === 'max' ? Math.max(known.score, part) : known.score + part;
    }
  }
  const rows = [...found.values()];
  for (const row of rows) {
    const score = fusion.combine === 'avg' ? row.score / row.partCount : row.score;
    row.score = Math.fround(fusion.finish ? fusion.finish(score, row.list, row.row) : score);
  }
  return rows;
}
