import type {
  AccessRecords,
  PrivilegeGroupRecord,
  RoleRecord,
  UserRecord,
} from '../../../core/access/access-records.ts';
import { decodeAccessRecord } from './access-documents.ts';
import { decodeInteger } from './columns.ts';
import type { AccessKind } from './tables.ts';
import type { Transactions } from './transactions.ts';

/** One row is read where nothing has changed since `knownVersion`. */
export async function readAccess(
  transactions: Transactions,
  knownVersion: number | undefined,
): Promise<AccessRecords | undefined> {
  const found = await transactions.read(async (sql) => {
    const row = await sql.selectFrom('braid_access_version').select('version').executeTakeFirst();
    const version = decodeInteger(row?.version ?? 0, 'braid_access_version.version');
    if (version === knownVersion) return undefined;
    return { version, rows: await sql.selectFrom('braid_access').selectAll().orderBy('name').execute() };
  });
  if (!found) return undefined;
  const { version, rows } = found;
  const recordsOf = <Named extends { readonly name: string }>(kind: AccessKind): readonly Named[] =>
    rows.filter((row) => row.kind === kind).map((row) => decodeAccessRecord<Named>(kind, row.name, row.document));
  return {
    version,
    users: recordsOf<UserRecord>('user'),
    roles: recordsOf<RoleRecord>('role'),
    privilegeGroups: recordsOf<PrivilegeGroupRecord>('privilegeGroup'),
  };
}
