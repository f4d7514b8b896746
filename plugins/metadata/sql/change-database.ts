import type { DatabaseRecord } from '../../../core/catalog.ts';
import { encodeInteger, encodeKey } from './columns.ts';
import { encodeDatabaseDocument } from './documents.ts';
import type { Sql } from './transactions.ts';

export async function putDatabase(sql: Sql, database: DatabaseRecord): Promise<void> {
  const id = encodeInteger(database.id, 'database id');
  const columns = { name: encodeKey(database.name, 'database name'), document: encodeDatabaseDocument(database) };
  const { numUpdatedRows } = await sql
    .updateTable('braid_databases')
    .set(columns)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n)
    await sql
      .insertInto('braid_databases')
      .values({ id, ...columns })
      .execute();
}

export async function assertDatabaseExists(sql: Sql, databaseId: number): Promise<void> {
  const row = await sql.selectFrom('braid_databases').select('id').where('id', '=', databaseId).executeTakeFirst();
  if (!row) throw new Error(`database ${databaseId} does not exist`);
}

/** Only an empty one: its collections are dropped by changes of their own, so that their segments are retired. */
export async function dropDatabase(sql: Sql, databaseId: number): Promise<void> {
  const collection = await sql
    .selectFrom('braid_collections')
    .select('id')
    .where('database_id', '=', databaseId)
    .limit(1)
    .executeTakeFirst();
  if (collection) throw new Error(`database ${databaseId} still has collection ${collection.id}`);
  const { numDeletedRows } = await sql
    .deleteFrom('braid_databases')
    .where('id', '=', databaseId)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) throw new Error(`database ${databaseId} does not exist`);
}
