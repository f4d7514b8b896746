/** Who may do what, as the metadata store holds it. Small, and apart from the catalog: routers read it only when it has changed. */
export interface AccessRecords {
  /** Grows with every change of any of these records. */
  readonly version: number;
  /** Each list in the order of the names. */
  readonly users: readonly UserRecord[];
  readonly roles: readonly RoleRecord[];
  readonly privilegeGroups: readonly PrivilegeGroupRecord[];
}

export interface UserRecord {
  readonly name: string;
  /** See password-hash.ts. The password itself is nowhere. */
  readonly passwordHash: string;
  readonly description: string;
  /** Names of roles. */
  readonly roles: readonly string[];
}

export interface RoleRecord {
  readonly name: string;
  readonly description: string;
  readonly grants: readonly GrantRecord[];
}

export interface GrantRecord {
  /** `Collection`, `Global` or `User`. */
  readonly objectType: string;
  /** Name of the object; `*`: all of them. */
  readonly objectName: string;
  /** Name of a privilege or of a group of privileges; `*`: all that the object has. */
  readonly privilege: string;
  /** `*`: every database. */
  readonly database: string;
  /** The user who gave it. */
  readonly grantor: string;
}

export interface PrivilegeGroupRecord {
  readonly name: string;
  readonly privileges: readonly string[];
}

/** The user that is always there, and the password it begins with: Milvus' own. */
export const ROOT_USER = 'root';
export const ROOT_PASSWORD_DEFAULT = 'Milvus';
/** May do everything. */
export const ADMIN_ROLE = 'admin';
/** Every user has it. */
export const PUBLIC_ROLE = 'public';
export const BUILT_IN_ROLES: readonly string[] = [ADMIN_ROLE, PUBLIC_ROLE];
/** For names of objects, databases and privileges. */
export const ANY = '*';

export function isSameGrant(left: GrantRecord, right: GrantRecord): boolean {
  return (
    left.objectType === right.objectType &&
    left.objectName === right.objectName &&
    left.privilege === right.privilege &&
    left.database === right.database
  );
}
