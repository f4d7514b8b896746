import { isRecord } from '../../../core/rows/is-record.ts';

/**
 * What a request names that rights are about, read from a message of gRPC or a body of REST: the names of their fields are the same, but for those of users, roles and aliases. Every way in
 * which a request can name something counts, whichever of them the operation will use.
 */
export interface NamedObjects {
  /** Collections, also by their aliases. */
  readonly collections: readonly string[];
  readonly collectionIds: readonly number[];
  readonly aliases: readonly string[];
  /** Empty: none. */
  readonly user: string;
  readonly role: string;
  /** The database that something is moved to; empty: it stays where it is. */
  readonly newDatabase: string;
}

export function namedObjects(request: unknown): NamedObjects {
  const fields = isRecord(request) ? request : {};
  return {
    collections: textsOf(fields, 'collectionName', 'collectionNames', 'oldName'),
    collectionIds: [fields['collectionID']]
      .flat()
      .map(Number)
      .filter((id) => id > 0),
    aliases: textsOf(fields, 'alias', 'aliasName'),
    user: textsOf(fields, 'username', 'userName')[0] ?? nameIn(fields['user']),
    role: textsOf(fields, 'roleName')[0] ?? nameIn(isRecord(fields['entity']) ? fields['entity']['role'] : undefined),
    newDatabase: textsOf(fields, 'newDBName', 'newDbName')[0] ?? '',
  };
}

/** Not empty ones. */
function textsOf(fields: Record<string, unknown>, ...names: readonly string[]): string[] {
  const values = names.flatMap((name) => fields[name] ?? []);
  return values.filter((value): value is string => typeof value === 'string' && value !== '');
}

function nameIn(value: unknown): string {
  return isRecord(value) ? (textsOf(value, 'name')[0] ?? '') : '';
}
