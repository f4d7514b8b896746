import type { CatalogChange } from '../metadata.ts';
import { encodeAccessDocument } from './access-documents.ts';
import { encodeInteger, encodeKey } from './columns.ts';
import type { AccessKind } from './tables.ts';
import type { Sql } from './transactions.ts';

type AccessChange = Extract<
  CatalogChange,
  { kind: 'putUser' | 'dropUser' | 'putRole' | 'dropRole' | 'putPrivilegeGroup' | 'dropPrivilegeGroup' }
>;

/** The only row of the table. */
const VERSION_ID = 1;

/** The version of the catalog becomes that of access. */
export async function changeAccess(sql: Sql, change: AccessChange, catalogVersion: number): Promise<void> {
  await changeRecord(sql, change);
  const version = encodeInteger(catalogVersion, 'access version');
  const { numUpdatedRows } = await sql
    .updateTable('braid_access_version')
    .set({ version })
    .where('id', '=', VERSION_ID)
    .executeTakeFirstOrThrow();
  // MySQL counts a row that has the value already as not updated: a second change of one transaction.
  if (numUpdatedRows > 0n || (await hasVersion(sql))) return;
  await sql.insertInto('braid_access_version').values({ id: VERSION_ID, version }).execute();
}

async function hasVersion(sql: Sql): Promise<boolean> {
  return (await sql.selectFrom('braid_access_version').select('id').executeTakeFirst()) !== undefined;
}

function changeRecord(sql: Sql, change: AccessChange): Promise<void> {
  switch (change.kind) {
    case 'putUser':
      return put(sql, 'user', change.user.name, encodeAccessDocument(change.user));
    case 'putRole':
      return put(sql, 'role', change.role.name, encodeAccessDocument(change.role));
    case 'putPrivilegeGroup':
      return put(sql, 'privilegeGroup', change.group.name, encodeAccessDocument(change.group));
    case 'dropUser':
      return drop(sql, 'user', change.name);
    case 'dropRole':
      return drop(sql, 'role', change.name);
    case 'dropPrivilegeGroup':
      return drop(sql, 'privilegeGroup', change.name);
  }
}

async function put(sql: Sql, kind: AccessKind, name: string, document: string): Promise<void> {
  await drop(sql, kind, name);
  await sql
    .insertInto('braid_access')
    .values({ kind, name: encodeKey(name, `${kind} name`), document })
    .execute();
}

async function drop(sql: Sql, kind: AccessKind, name: string): Promise<void> {
  await sql.deleteFrom('braid_access').where('kind', '=', kind).where('name', '=', name).execute();
}
