import type { AliasRecord } from '../../../core/catalog.ts';
import { encodeInteger, encodeKey } from './columns.ts';
import { findView } from './find-view.ts';
import type { Sql } from './transactions.ts';

/** Creates the alias or points it to another collection. */
export async function putAlias(sql: Sql, alias: AliasRecord): Promise<void> {
  const collectionId = encodeInteger(alias.collectionId, 'collection id');
  const key = {
    database_id: encodeInteger(alias.databaseId, 'database id'),
    name: encodeKey(alias.name, 'alias name'),
  };
  await findView(sql, collectionId);
  const { numUpdatedRows } = await sql
    .updateTable('braid_aliases')
    .set({ collection_id: collectionId })
    .where('database_id', '=', key.database_id)
    .where('name', '=', key.name)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) {
    await sql
      .insertInto('braid_aliases')
      .values({ ...key, collection_id: collectionId })
      .execute();
  }
}

export async function dropAlias(sql: Sql, databaseId: number, name: string): Promise<void> {
  const { numDeletedRows } = await sql
    .deleteFrom('braid_aliases')
    .where('database_id', '=', databaseId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new Error(`alias ${JSON.stringify(name)} of database ${databaseId} does not exist`);
}
