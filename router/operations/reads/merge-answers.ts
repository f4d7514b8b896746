import { setImmediate as nextTurn } from 'node:timers/promises';
import { type HitList, type KeyList, mergeHits } from '../../../core/merge/merge-hits.ts';
import { largerIsNearer, type MetricType } from '../../../core/metric.ts';
import type { SearchResponse } from '../../../proto/generated/node.ts';
import { arrayFrom, decodeKeys } from '../../../proto/node-protocol/column-codec.ts';
import type { Answer } from '../../cluster/scatter.ts';
import type { MergedRows } from './gather-field.ts';

/** The answer to a search, as references into the nodes' answers. */
export interface MergedAnswers extends MergedRows {
  /** Hits per query, offset taken off. */
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly keys: KeyList;
  /** Doubles ate into some query's answer: a node whose list was cut may hold hits that belong into it. */
  readonly isShort: boolean;
}

export interface MergeWindow {
  readonly queryCount: number;
  readonly offset: number;
  readonly limit: number;
  /** Hits asked of each node; a list of as many was cut. */
  readonly askedCount: number;
  readonly metricType: MetricType;
  /** Primary keys are texts. */
  readonly hasTextKeys: boolean;
}

/** Merges all nodes' hits. Many queries are merged in groups of about `hitsPerTurn` hits, and the event loop gets its turn in between. */
export async function mergeAnswers(
  answers: readonly Answer<SearchResponse>[],
  window: MergeWindow,
  hitsPerTurn: number,
): Promise<MergedAnswers> {
  const sources = answers.map(({ response }) => decodeHits(response));
  const hitCount = sources.reduce((sum, { scores }) => sum + scores.length, 0);
  const { queryCount } = window;
  const queriesPerTurn = Math.max(1, Math.floor((hitsPerTurn / hitCount) * queryCount));
  if (hitCount <= hitsPerTurn || queriesPerTurn >= queryCount) return mergeQueries(sources, window);
  const parts: MergedAnswers[] = [];
  const starts = new Uint32Array(sources.length);
  for (let from = 0; from < queryCount; from += queriesPerTurn) {
    if (from > 0) await nextTurn();
    const to = Math.min(queryCount, from + queriesPerTurn);
    const slices = sources.map((source, i) => queriesOf(source, from, to, starts[i]!));
    const part = mergeQueries(slices, { ...window, queryCount: to - from });
    // Rows of a slice become rows of the whole list again.
    for (let i = 0; i < part.rows.length; i++) part.rows[i]! += starts[part.lists[i]!]!;
    slices.forEach((slice, i) => {
      starts[i]! += slice.scores.length;
    });
    parts.push(part);
  }
  return joined(parts, window.hasTextKeys);
}

export function decodeHits(response: SearchResponse): HitList {
  return {
    counts: arrayFrom(Uint32Array, response.counts),
    scores: arrayFrom(Float32Array, response.scores),
    keys: decodeKeys(response.keys),
    timestamps: arrayFrom(BigUint64Array, response.timestamps),
  };
}

/** The hits of queries `from` to `to` - 1; those of query `from` begin at `start`. */
function queriesOf({ counts, scores, keys, timestamps }: HitList, from: number, to: number, start: number): HitList {
  const own = counts.subarray(from, to);
  const end = start + own.reduce((sum, count) => sum + count, 0);
  return {
    counts: own,
    scores: scores.subarray(start, end),
    keys: keys instanceof BigInt64Array ? keys.subarray(start, end) : keys.slice(start, end),
    timestamps: timestamps.subarray(start, end),
  };
}

function mergeQueries(sources: readonly HitList[], window: MergeWindow): MergedAnswers {
  const { queryCount, offset, limit, hasTextKeys } = window;
  const isLargerNearer = largerIsNearer(window.metricType);
  const merged = mergeHits(sources, { queryCount, k: offset + limit, largerIsNearer: isLargerNearer });
  const { counts, lists, rows } = offset === 0 ? merged : withoutFirst(merged, offset);
  const scores = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) scores[i] = sources[lists[i]!]!.scores[rows[i]!]!;
  const keys = gatherKeys(sources, lists, rows, hasTextKeys);
  return { counts, lists, rows, scores, keys, isShort: isShort(sources, merged, window, isLargerNearer) };
}

/**
 * True when a list that was cut ends nearer than the merged answer. Without doubles that cannot be: each hit of a list is in the answer or behind all that are. Where an
 * older row of a key took a place in a list, what came after the cut is missing.
 */
function isShort(
  sources: readonly HitList[],
  merged: MergedRows & { readonly counts: Uint32Array },
  window: MergeWindow,
  isLargerNearer: boolean,
): boolean {
  const ends = new Uint32Array(sources.length);
  let end = 0;
  for (let query = 0; query < window.queryCount; query++) {
    const count = merged.counts[query]!;
    end += count;
    if (count === 0) continue;
    const last = sources[merged.lists[end - 1]!]!.scores[merged.rows[end - 1]!]!;
    for (let i = 0; i < sources.length; i++) {
      const { counts, scores } = sources[i]!;
      ends[i]! += counts[query]!;
      if (counts[query]! < window.askedCount) continue;
      const lastOfList = scores[ends[i]! - 1]!;
      if (isLargerNearer ? lastOfList > last : lastOfList < last) return true;
    }
  }
  return false;
}

/** Takes the first `offset` hits of each query away. */
function withoutFirst(
  merged: MergedRows & { readonly counts: Uint32Array },
  offset: number,
): MergedRows & { readonly counts: Uint32Array } {
  const counts = merged.counts.map((count) => Math.max(0, count - offset));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const lists = new Uint32Array(total);
  const rows = new Uint32Array(total);
  let from = 0;
  let to = 0;
  for (let query = 0; query < counts.length; query++) {
    const end = from + merged.counts[query]!;
    const start = end - counts[query]!;
    lists.set(merged.lists.subarray(start, end), to);
    rows.set(merged.rows.subarray(start, end), to);
    to += counts[query]!;
    from = end;
  }
  return { counts, lists, rows };
}

export function gatherKeys(
  sources: readonly HitList[],
  lists: Uint32Array,
  rows: Uint32Array,
  hasTextKeys: boolean,
): KeyList {
  if (hasTextKeys) return Array.from(rows, (row, i) => sources[lists[i]!]!.keys[row] as string);
  const keys = new BigInt64Array(rows.length);
  for (let i = 0; i < rows.length; i++) keys[i] = sources[lists[i]!]!.keys[rows[i]!] as bigint;
  return keys;
}

/** Some of the hits, `rows[i]` those of query i in their new order. */
export function selectHits(merged: MergedAnswers, rows: readonly Uint32Array[]): MergedAnswers {
  const all = concatRows(rows);
  const { keys } = merged;
  return {
    counts: Uint32Array.from(rows, (part) => part.length),
    lists: all.map((row) => merged.lists[row]!),
    rows: all.map((row) => merged.rows[row]!),
    scores: Float32Array.from(all, (row) => merged.scores[row]!),
    keys:
      keys instanceof BigInt64Array
        ? BigInt64Array.from(all, (row) => keys[row]!)
        : Array.from(all, (row) => keys[row]!),
    isShort: merged.isShort,
  };
}

export function concatRows(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joined(parts: readonly MergedAnswers[], hasTextKeys: boolean): MergedAnswers {
  const total = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const counts = new Uint32Array(parts.reduce((sum, part) => sum + part.counts.length, 0));
  const lists = new Uint32Array(total);
  const rows = new Uint32Array(total);
  const scores = new Float32Array(total);
  const keys = new BigInt64Array(hasTextKeys ? 0 : total);
  let query = 0;
  let at = 0;
  for (const part of parts) {
    counts.set(part.counts, query);
    lists.set(part.lists, at);
    rows.set(part.rows, at);
    scores.set(part.scores, at);
    if (!hasTextKeys) keys.set(part.keys as BigInt64Array, at);
    query += part.counts.length;
    at += part.rows.length;
  }
  const texts = hasTextKeys ? parts.flatMap((part) => part.keys as readonly string[]) : undefined;
  return { counts, lists, rows, scores, keys: texts ?? keys, isShort: parts.some((part) => part.isShort) };
}
