import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Column } from '../../../core/columns/column.ts';
import { compareKeyRows } from '../../../core/columns/compare-key-rows.ts';
import type { MergedRows } from './gather-field.ts';

/** Rows of one node by ascending primary key (texts by their bytes), each key once. */
export interface RowList {
  readonly keys: Column;
  readonly timestamps: BigUint64Array;
}

/**
 * Merges the nodes' rows by ascending primary key: of a key that several have the newest row, at most `limit` rows (0: all). Hands over to the event loop between pieces.
 */
export async function mergeRows(sources: readonly RowList[], limit: number, rowsPerTurn: number): Promise<MergedRows> {
  const all = sources.reduce((sum, { keys }) => sum + keys.rowCount, 0);
  const capacity = limit === 0 ? all : Math.min(limit, all);
  const lists = new Uint32Array(capacity);
  const rows = new Uint32Array(capacity);
  const heads = new Uint32Array(sources.length);
  let count = 0;
  for (let taken = 1; count < capacity; taken++) {
    if (taken % rowsPerTurn === 0) await nextTurn();
    const best = nearest(sources, heads);
    if (best < 0) break;
    const newest = passKey(sources, heads, best);
    lists[count] = newest.list;
    rows[count++] = newest.row;
  }
  return { lists: lists.subarray(0, count), rows: rows.subarray(0, count) };
}

/** The list whose head has the smallest key; -1 when all are used up. */
function nearest(sources: readonly RowList[], heads: Uint32Array): number {
  let best = -1;
  for (let i = 0; i < sources.length; i++) {
    if (heads[i] === sources[i]!.keys.rowCount) continue;
    if (best < 0 || compareKeyRows(sources[i]!.keys, heads[i]!, sources[best]!.keys, heads[best]!) < 0) best = i;
  }
  return best;
}

/** Moves all heads that have the key of this one's head; gives the newest of them. */
function passKey(
  sources: readonly RowList[],
  heads: Uint32Array,
  best: number,
): { readonly list: number; readonly row: number } {
  const row = heads[best]!;
  let newest = { list: best, row };
  for (let i = 0; i < sources.length; i++) {
    if (i === best || heads[i] === sources[i]!.keys.rowCount) continue;
    if (compareKeyRows(sources[i]!.keys, heads[i]!, sources[best]!.keys, row) !== 0) continue;
    const other = { list: i, row: heads[i]!++ };
    if (sources[i]!.timestamps[other.row]! > sources[newest.list]!.timestamps[newest.row]!) newest = other;
  }
  heads[best]!++;
  return newest;
}
