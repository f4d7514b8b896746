import { BraidError } from '../../../core/errors.ts';
import type { Lease, LogClaim } from '../metadata.ts';
import { encodeKey } from './columns.ts';
import type { Sql, Transactions } from './transactions.ts';

/** A try whose answer was lost took the lease for the same holder; the next try takes it again with a later term, which is as good. */
export function acquireLease(
  transactions: Transactions,
  { holder, log }: { readonly holder: string; readonly log: LogClaim | undefined },
  ttlMs: number,
): Promise<Lease | undefined> {
  encodeKey(holder, 'holder');
  checkTtl(ttlMs);
  return transactions.write(async (sql, { state, update }) => {
    const isHeld = state.holder !== null && state.leaseExpiresAtMs > state.nowMs;
    if (isHeld && state.holder !== holder) return undefined;
    if (log) await claimLog(sql, log);
    const term = state.term + 1;
    await update({ term, holder, leaseExpiresAtMs: state.nowMs + ttlMs });
    return { holder, term };
  });
}

/** Also extends a lease that ran out, as long as nobody else took it: the term is the fence, the time only says when others may try. */
export function renewLease(transactions: Transactions, lease: Lease, ttlMs: number): Promise<void> {
  checkTtl(ttlMs);
  return transactions.fenced(lease.term, (_sql, { state, update }) =>
    update({ leaseExpiresAtMs: state.nowMs + ttlMs }),
  );
}

/** After this the term is over for its holder too. */
export function releaseLease(transactions: Transactions, lease: Lease): Promise<void> {
  return transactions.write(async (_sql, { state, update }) => {
    if (state.term === lease.term && state.holder !== null) await update({ holder: null, leaseExpiresAtMs: 0 });
  });
}

/** Undefined while nobody holds a lease that is still valid. */
export async function currentLease(transactions: Transactions): Promise<Lease | undefined> {
  const { holder, term, leaseExpiresAtMs, nowMs } = await transactions.readState();
  return holder !== null && leaseExpiresAtMs > nowMs ? { holder, term } : undefined;
}

/** Under the lock of the cluster's row, as everything about the lease. */
async function claimLog(sql: Sql, { id, abandonsOther }: LogClaim): Promise<void> {
  const log_id = encodeKey(id, 'log id');
  const last = await sql.selectFrom('braid_log').select('log_id').where('id', '=', LOG_ROW).executeTakeFirst();
  if (last?.log_id === id) return;
  if (last && !abandonsOther) {
    throw new BraidError(
      'internal',
      `the last writer wrote the log ${last.log_id}, this one has the log ${id}: rows that are not sealed yet would be lost. Start the writer where that log is, or let both share a folder (log.with.path, log.with.shared: true), or set writer.abandonLog: true to go on without what only that log holds`,
    );
  }
  if (last) await sql.updateTable('braid_log').set({ log_id }).where('id', '=', LOG_ROW).execute();
  else await sql.insertInto('braid_log').values({ id: LOG_ROW, log_id }).execute();
}

/** The only row of the table. */
const LOG_ROW = 1;

function checkTtl(ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0)
    throw new Error(`lease time is ${ttlMs}, expected whole milliseconds above 0`);
}
