import { decodeInteger, decodeTimestamp } from './columns.ts';
import type { Sql } from './transactions.ts';

/** The view of a collection as a change finds it; throws a plain Error for an unknown collection. */
export async function findView(sql: Sql, collectionId: number) {
  const row = await sql
    .selectFrom('braid_views')
    .select(['version', 'sealed_timestamp'])
    .where('collection_id', '=', collectionId)
    .executeTakeFirst();
  if (!row) throw new Error(`collection ${collectionId} does not exist`);
  return {
    version: decodeInteger(row.version, 'braid_views.version'),
    sealedTimestamp: decodeTimestamp(row.sealed_timestamp, 'braid_views.sealed_timestamp'),
  };
}
