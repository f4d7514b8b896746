import type { Lease } from '../metadata.ts';
import { encodeKey } from './columns.ts';
import type { Transactions } from './transactions.ts';

/** A try whose answer was lost took the lease for the same holder; the next try takes it again with a later term, which is as good. */
export function acquireLease(transactions: Transactions, holder: string, ttlMs: number): Promise<Lease | undefined> {
  encodeKey(holder, 'holder');
  checkTtl(ttlMs);
  return transactions.write(async (_sql, { state, update }) => {
    const isHeld = state.holder !== null && state.leaseExpiresAtMs > state.nowMs;
    if (isHeld && state.holder !== holder) return undefined;
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

function checkTtl(ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0)
    throw new Error(`lease time is ${ttlMs}, expected whole milliseconds above 0`);
}
