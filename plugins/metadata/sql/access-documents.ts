import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { GrantRecord, PrivilegeGroupRecord, RoleRecord, UserRecord } from '../../../core/access/access-records.ts';
import { stringifyWithBigints } from '../../../core/bigint-json.ts';
import { decodeChecked, type Shape } from './documents.ts';
import type { AccessKind } from './tables.ts';

/** Users, roles and groups of privileges as JSON text; the name is a column. */

type UserDocument = Omit<UserRecord, 'name'>;
type RoleDocument = Omit<RoleRecord, 'name'>;
type PrivilegeGroupDocument = Omit<PrivilegeGroupRecord, 'name'>;

const USER = {
  passwordHash: Type.String(),
  description: Type.String(),
  roles: Type.Array(Type.String()),
} satisfies Shape<UserDocument>;

const GRANT = {
  objectType: Type.String(),
  objectName: Type.String(),
  privilege: Type.String(),
  database: Type.String(),
  grantor: Type.String(),
} satisfies Shape<GrantRecord>;

const ROLE = {
  description: Type.String(),
  grants: Type.Array(Type.Object(GRANT)),
} satisfies Shape<RoleDocument>;

const PRIVILEGE_GROUP = { privileges: Type.Array(Type.String()) } satisfies Shape<PrivilegeGroupDocument>;

const VALIDATORS = {
  user: Compile(Type.Object(USER)),
  role: Compile(Type.Object(ROLE)),
  privilegeGroup: Compile(Type.Object(PRIVILEGE_GROUP)),
} satisfies Record<AccessKind, unknown>;

export function encodeAccessDocument({ name, ...document }: UserRecord | RoleRecord | PrivilegeGroupRecord): string {
  return stringifyWithBigints(document);
}

/** Refuses what has another shape than a record of this kind. */
export function decodeAccessRecord<Named extends { readonly name: string }>(
  kind: AccessKind,
  name: string,
  text: string,
): Named {
  return { name, ...decodeChecked<object>(VALIDATORS[kind], text, `${kind} ${name}`) } as Named;
}
