import type { Transaction } from 'kysely';
import { BraidError } from '../../../core/errors.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import { decodeInteger, decodeTimestamp, encodeInteger, encodeKey, encodeTimestamp } from './columns.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { SqlFlavor } from './sql-flavor.ts';
import type { ClusterRow, Tables } from './tables.ts';

/** The row of the cluster as it was read, with the database's clock of that moment. */
export interface ClusterState {
  readonly term: number;
  readonly holder: string | null;
  readonly leaseExpiresAtMs: number;
  readonly catalogVersion: number;
  readonly nextId: number;
  readonly timestampBound: Timestamp;
  readonly nowMs: number;
}

/** What a write may change of it. */
export type ClusterPatch = Partial<Omit<ClusterState, 'nowMs'>>;

/** The only row of the table. */
const CLUSTER_ID = 1;

/**
 * Reads the row; with `lock` it stays locked until the transaction ends. The clock is that of the statement's beginning: after a wait for the lock it is
 * behind, which errs on the safe side (a lease looks younger than it is, an extension comes out shorter).
 */
export async function readClusterState(
  database: SqlDatabase['reads'],
  flavor: SqlFlavor,
  lock: 'lock' | 'no lock',
): Promise<ClusterState> {
  const row = await database
    .selectFrom('braid_cluster')
    .select(['term', 'holder', 'lease_expires_at_ms', 'catalog_version', 'next_id', 'timestamp_bound'])
    .select(flavor.nowMs().as('now_ms'))
    .where('id', '=', CLUSTER_ID)
    .$if(lock === 'lock' && flavor.hasRowLocks, (query) => query.forUpdate())
    .executeTakeFirst();
  if (!row) throw new BraidError('internal', `metadata is damaged: ${flavor.location} has no row in braid_cluster`);
  return {
    term: decodeInteger(row.term, 'braid_cluster.term'),
    holder: row.holder,
    leaseExpiresAtMs: decodeInteger(row.lease_expires_at_ms, 'braid_cluster.lease_expires_at_ms'),
    catalogVersion: decodeInteger(row.catalog_version, 'braid_cluster.catalog_version'),
    nextId: decodeInteger(row.next_id, 'braid_cluster.next_id'),
    timestampBound: decodeTimestamp(row.timestamp_bound, 'braid_cluster.timestamp_bound'),
    nowMs: decodeInteger(Math.floor(row.now_ms), 'the clock of the database'),
  };
}

export async function writeClusterState(transaction: Transaction<Tables>, patch: ClusterPatch): Promise<void> {
  await transaction.updateTable('braid_cluster').set(encodePatch(patch)).where('id', '=', CLUSTER_ID).execute();
}

function encodePatch(patch: ClusterPatch): Partial<ClusterRow> {
  const { term, holder, leaseExpiresAtMs, catalogVersion, nextId, timestampBound } = patch;
  return {
    ...(term !== undefined && { term: encodeInteger(term, 'term') }),
    ...(holder !== undefined && { holder: holder === null ? null : encodeKey(holder, 'holder') }),
    ...(leaseExpiresAtMs !== undefined && { lease_expires_at_ms: encodeInteger(leaseExpiresAtMs, 'lease end') }),
    ...(catalogVersion !== undefined && { catalog_version: encodeInteger(catalogVersion, 'catalog version') }),
    ...(nextId !== undefined && { next_id: encodeInteger(nextId, 'next id') }),
    ...(timestampBound !== undefined && { timestamp_bound: encodeTimestamp(timestampBound) }),
  };
}

/** The fence: throws `termLost` unless `term` is the current one and was not released. An expired lease that nobody took is still good: the row is locked. */
export function assertTerm(state: ClusterState, term: number): void {
  if (state.term === term && state.holder !== null) return;
  const now = state.holder === null ? 'nobody leads' : `${state.holder} leads`;
  throw new BraidError('termLost', `term ${term} is over: the current term is ${state.term} and ${now}`);
}
