import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BytesColumn, type Column, isPresent } from '../../../../core/columns/column.ts';
import { bytesAt } from '../../../../core/columns/column-operations.ts';

/** Rows taken up between two turns of the event loop. */
const ROWS_PER_TURN = 4_096;

export interface OrderColumn {
  readonly column: Column;
  readonly isDescending: boolean;
}

/**
 * The first `count` rows in the order of the columns; rows that are equal in all of them keep their order. Null is smaller than every value, texts compare by their bytes. Shares
 * the event loop.
 */
export async function firstRows(
  columns: readonly OrderColumn[],
  rowCount: number,
  count: number,
): Promise<Uint32Array> {
  const compare = (left: number, right: number): number => {
    for (const { column, isDescending } of columns) {
      const difference = compareValues(column, left, right);
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return left - right;
  };
  let first = new Uint32Array(0);
  for (let from = 0; from < rowCount; from += ROWS_PER_TURN) {
    if (from > 0) await nextTurn();
    const size = Math.min(ROWS_PER_TURN, rowCount - from);
    const candidates = new Uint32Array(first.length + size);
    candidates.set(first);
    for (let i = 0; i < size; i++) candidates[first.length + i] = from + i;
    first = candidates.sort(compare).slice(0, count);
  }
  return first;
}

function compareValues(column: Column, left: number, right: number): number {
  const hasLeft = isPresent(column, left);
  const hasRight = isPresent(column, right);
  if (!hasLeft || !hasRight) return Number(hasLeft) - Number(hasRight);
  if (column.kind !== 'fixed') return compareBytes(column as BytesColumn, left, right);
  const a = column.values[left]!;
  const b = column.values[right]!;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBytes(column: BytesColumn, left: number, right: number): number {
  return Buffer.compare(bytesAt(column, left), bytesAt(column, right));
}
