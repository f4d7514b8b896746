import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { SearchedSnapshots } from './search-snapshots.ts';

/** The merged hits of a search: all arrays hold those of query 0, then of query 1, ..., nearest first. */
export interface Winners {
  /** Hits per query. */
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly keys: KeyList;
  readonly timestamps: BigUint64Array;
  /** Where each hit lies. */
  readonly segments: Uint32Array;
  readonly offsets: Uint32Array;
}

/** Takes the hits that the merges chose, group after group. */
export function winnersOf(groups: readonly SearchedSnapshots[]): Winners {
  const queryCount = groups.reduce((sum, group) => sum + group.merged.counts.length, 0);
  const hitCount = groups.reduce((sum, group) => sum + group.merged.rows.length, 0);
  const counts = new Uint32Array(queryCount);
  const scores = new Float32Array(hitCount);
  const timestamps = new BigUint64Array(hitCount);
  const segments = new Uint32Array(hitCount);
  const offsets = new Uint32Array(hitCount);
  const isText = groups.some(({ parts }) => parts.some((part) => !(part.list.keys instanceof BigInt64Array)));
  const keys = isText ? new Array<string>(hitCount) : new BigInt64Array(hitCount);
  let query = 0;
  let at = 0;
  for (const { parts, merged } of groups) {
    counts.set(merged.counts, query);
    query += merged.counts.length;
    for (let i = 0; i < merged.rows.length; i++, at++) {
      const row = merged.rows[i]!;
      const { list, hits } = parts[merged.lists[i]!]!;
      scores[at] = list.scores[row]!;
      timestamps[at] = list.timestamps[row]!;
      segments[at] = merged.lists[i]!;
      offsets[at] = hits.offsets[row]!;
      keys[at] = list.keys[row]!;
    }
  }
  return { counts, scores, keys, timestamps, segments, offsets };
}
