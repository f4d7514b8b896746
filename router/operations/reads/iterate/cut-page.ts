import type { PrimaryKey } from '../../../../core/columns/column.ts';
import { compareKeys } from '../../../../core/merge/compare-keys.ts';
import type { KeyList } from '../../../../core/merge/merge-hits.ts';
import type { IterationPlace } from './iteration-token.ts';
import type { Iteration } from './parse-iteration.ts';

/** Hits from the bound on, best first, those of one score by their keys. */
export interface PageHits {
  readonly scores: Float32Array;
  readonly keys: KeyList;
  /** There are no hits after these. */
  readonly isAll: boolean;
}

/** Hits `from` to `to` - 1 are the page; `end` is where it ends. */
export interface Page {
  readonly from: number;
  readonly to: number;
  readonly end: IterationPlace;
}

/**
 * The next page: no row is in two of them, none in none. It ends before the rows of one score that would not all fit in; where such rows fill a page by themselves, it ends among
 * them for clients that return tokens, and holds all of them for others. Undefined when more hits must be seen to tell.
 */
export function cutPage(
  { scores, keys, isAll }: PageHits,
  { after, batchSize, returnsTokens }: Iteration,
): Page | undefined {
  const from = firstAfter(scores, keys, after);
  const hitCount = scores.length;
  const last = from + batchSize - 1;
  if (last >= hitCount - 1) {
    if (!isAll) return undefined;
    return { from, to: hitCount, end: hitCount === from ? after : wholeRun(scores[hitCount - 1]!) };
  }
  const score = scores[last]!;
  if (scores[last + 1] !== score) return { from, to: last + 1, end: wholeRun(score) };
  const start = runStart(scores, from, last);
  if (start > from) return { from, to: start, end: wholeRun(scores[start - 1]!) };
  if (returnsTokens) {
    const givenCount = batchSize + (score === after.bound ? after.givenCount : 0);
    return { from, to: last + 1, end: { bound: score, key: String(keys[last]), givenCount } };
  }
  const end = runEnd(scores, last);
  return end === hitCount && !isAll ? undefined : { from, to: end, end: wholeRun(score) };
}

function wholeRun(bound: number): IterationPlace {
  return { bound, key: undefined, givenCount: 0 };
}

/** Rows with the score of the bound up to the key were given. */
function firstAfter(scores: Float32Array, keys: KeyList, { bound, key }: IterationPlace): number {
  if (key === undefined) return 0;
  const lastKey: PrimaryKey = keys instanceof BigInt64Array ? BigInt(key) : key;
  let from = 0;
  while (from < scores.length && scores[from] === bound && compareKeys(keys[from]!, lastKey) <= 0) from++;
  return from;
}

function runStart(scores: Float32Array, from: number, at: number): number {
  let start = at;
  while (start > from && scores[start - 1] === scores[at]) start--;
  return start;
}

function runEnd(scores: Float32Array, at: number): number {
  let end = at + 1;
  while (end < scores.length && scores[end] === scores[at]) end++;
  return end;
}
