import type { CollectionRecord } from '../../../core/catalog.ts';
import { assertDatabaseExists } from './change-database.ts';
import { encodeInteger, encodeKey, encodeTimestamp } from './columns.ts';
import { encodeCollectionDocument } from './documents.ts';
import { findView } from './find-view.ts';
import type { Sql } from './transactions.ts';

/** A new collection begins with the empty view, version 0; a known one keeps its view. */
export async function putCollection(sql: Sql, collection: CollectionRecord): Promise<void> {
  const id = encodeInteger(collection.id, 'collection id');
  const columns = {
    database_id: encodeInteger(collection.databaseId, 'database id'),
    name: encodeKey(collection.name, 'collection name'),
    document: encodeCollectionDocument(collection),
  };
  await assertDatabaseExists(sql, columns.database_id);
  const { numUpdatedRows } = await sql
    .updateTable('braid_collections')
    .set(columns)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 0n) return;
  await sql
    .insertInto('braid_collections')
    .values({ id, ...columns })
    .execute();
  const view = { collection_id: id, version: 0, sealed_timestamp: encodeTimestamp(0n) };
  await sql.insertInto('braid_views').values(view).execute();
}

export async function dropCollection(sql: Sql, collectionId: number, atMs: number): Promise<void> {
  const view = await findView(sql, collectionId);
  const retirement = {
    retired_version: view.version + 1,
    retired_at_ms: encodeInteger(atMs, 'time of retirement'),
  };
  for (const table of ['braid_segments', 'braid_delete_files'] as const) {
    await sql
      .updateTable(table)
      .set(retirement)
      .where('collection_id', '=', collectionId)
      .where('retired_version', 'is', null)
      .execute();
  }
  await sql.deleteFrom('braid_aliases').where('collection_id', '=', collectionId).execute();
  await sql.deleteFrom('braid_views').where('collection_id', '=', collectionId).execute();
  await sql.deleteFrom('braid_collections').where('id', '=', collectionId).execute();
}
