import type { Kysely } from 'kysely';
import type { SqlFlavor } from './sql-flavor.ts';
import type { Tables } from './tables.ts';

/** An opened database: two handles, so that a long read never stands in the way of a renewal of the lease. They may be the same pool. */
export interface SqlDatabase extends AsyncDisposable {
  readonly reads: Kysely<Tables>;
  readonly writes: Kysely<Tables>;
  readonly flavor: SqlFlavor;
}
