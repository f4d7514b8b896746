import type { Timestamp } from '../../../core/timestamps.ts';
import { encodeTimestamp } from './columns.ts';
import type { Transactions } from './transactions.ts';

/** A try whose answer was lost wastes its ids, nothing else. */
export function reserveIds(transactions: Transactions, term: number, count: number): Promise<number> {
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`cannot reserve ${count} ids, expected 1 or more`);
  return transactions.fenced(term, async (_sql, { state, update }) => {
    await update({ nextId: state.nextId + count });
    return state.nextId;
  });
}

/** After a try whose answer was lost, the bound found is the one asked for: a writer that starts above it skips some timestamps, nothing else. */
export function reserveTimestamps(transactions: Transactions, term: number, bound: Timestamp): Promise<Timestamp> {
  encodeTimestamp(bound);
  return transactions.fenced(term, async (_sql, { state, update }) => {
    if (bound > state.timestampBound) await update({ timestampBound: bound });
    return state.timestampBound;
  });
}
