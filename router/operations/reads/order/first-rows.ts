import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareRows, type OrderColumn } from './compare-rows.ts';

/** Rows taken up between two turns of the event loop. */
const ROWS_PER_TURN = 4_096;

/** The first `count` of the rows in the order of the columns; rows that are equal in all of them by their numbers. Shares the event loop. */
export async function firstRows(
  columns: readonly OrderColumn[],
  rows: Uint32Array,
  count: number,
): Promise<Uint32Array> {
  const compare = compareRows(columns);
  let first = new Uint32Array(0);
  for (let from = 0; from < rows.length; from += ROWS_PER_TURN) {
    if (from > 0) await nextTurn();
    const piece = rows.subarray(from, from + ROWS_PER_TURN);
    const candidates = new Uint32Array(first.length + piece.length);
    candidates.set(first);
    candidates.set(piece, first.length);
    first = candidates.sort(compare).slice(0, count);
  }
  return first;
}

/** `from`, `from` + 1, ..., `to` - 1. */
export function rowRange(from: number, to: number): Uint32Array {
  const rows = new Uint32Array(to - from);
  for (let i = 0; i < rows.length; i++) rows[i] = from + i;
  return rows;
}
