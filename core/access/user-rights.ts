import { type AccessRecords, ADMIN_ROLE, ANY, type GrantRecord, PUBLIC_ROLE, ROOT_USER } from './access-records.ts';
import { BUILT_IN_GROUPS, levelOfPrivilege, PUBLIC_PRIVILEGES, privilegesOfName } from './privileges.ts';

/**
 * What the users of one version of the records may do. Who has a role that is not there has nothing of it. A user's rights are computed when they are first asked for.
 * The rules are Milvus' (internal/proxy/privilege_interceptor.go): `root` and the role `admin` may do everything, everybody has the role `public`.
 */
export class AccessRights {
  readonly records: AccessRecords;
  readonly #rights = new Map<string, UserRights>();

  constructor(records: AccessRecords) {
    this.records = records;
  }

  /** Undefined: there is no such user. */
  of(name: string): UserRights | undefined {
    const known = this.#rights.get(name);
    if (known) return known;
    const user = this.records.users.find((candidate) => candidate.name === name);
    if (!user) return undefined;
    const isAdmin = name === ROOT_USER || user.roles.includes(ADMIN_ROLE);
    const roles = [...user.roles, PUBLIC_ROLE];
    const grants = this.records.roles.filter((role) => roles.includes(role.name)).flatMap((role) => role.grants);
    const rights = new UserRights({ isAdmin, roles, grants, records: this.records });
    this.#rights.set(name, rights);
    return rights;
  }
}

export interface UserRightsOptions {
  readonly isAdmin: boolean;
  /** Names; `public` is one of them. */
  readonly roles: readonly string[];
  /** Of all these roles. */
  readonly grants: readonly GrantRecord[];
  readonly records: Pick<AccessRecords, 'privilegeGroups'>;
}

/** What one user may do. Immutable. */
export class UserRights {
  /** May do everything. */
  readonly isAdmin: boolean;
  readonly roles: readonly string[];
  /** By database and object, each of which may be `*`: names of privileges, with those of groups. */
  readonly #granted = new Map<string, Set<string>>();
  /** Databases, `*` perhaps one of them, in which something of collections is granted. */
  readonly #databases = new Set<string>();

  constructor({ isAdmin, roles, grants, records }: UserRightsOptions) {
    this.isAdmin = isAdmin;
    this.roles = roles;
    for (const grant of grants) this.#add(grant, records.privilegeGroups);
  }

  /** Whether the privilege is granted on this object of the database. `*`: on all of them. */
  has(privilege: string, database: string, objectName: string): boolean {
    if (this.isAdmin) return true;
    const isPublic = PUBLIC_PRIVILEGES.includes(privilege);
    if (isPublic && (objectName === ANY || this.sees(database, objectName))) return true;
    return this.#setsOf(database, objectName).some((privileges) => privileges.has(privilege));
  }

  /** Whether the privilege is granted on any object of the database. */
  hasSomewhere(privilege: string, database: string): boolean {
    if (this.isAdmin) return true;
    return [...this.#granted].some(([key, privileges]) => {
      const [grantedDatabase] = key.split('\n');
      return (grantedDatabase === database || grantedDatabase === ANY) && privileges.has(privilege);
    });
  }

  /** Whether the collection is there for this user: some privilege of the level of collections is granted on it, or on all of the database. */
  sees(database: string, collection: string): boolean {
    if (this.isAdmin) return true;
    return this.#setsOf(database, collection).some((privileges) => [...privileges].some(isOfCollections));
  }

  /** Whether anything is granted in the database. */
  seesDatabase(database: string): boolean {
    return this.isAdmin || this.#databases.has(database) || this.#databases.has(ANY);
  }

  #setsOf(database: string, objectName: string): Set<string>[] {
    const names = objectName === ANY ? [ANY] : [objectName, ANY];
    const keys = names.flatMap((name) => [keyOf(database, name), keyOf(ANY, name)]);
    return keys.flatMap((key) => this.#granted.get(key) ?? []);
  }

  #add(grant: GrantRecord, groups: AccessRecords['privilegeGroups']): void {
    const custom = groups.find(({ name }) => name === grant.privilege)?.privileges;
    const named = custom ?? privilegesOfName(grant.objectType, grant.privilege);
    // All privileges on one object are those that an object of its kind has.
    const fitting = grant.objectName === ANY || grant.objectType === 'User' ? named : named.filter(isOfCollections);
    const key = keyOf(grant.database, grant.objectName);
    const privileges = this.#granted.get(key) ?? new Set();
    for (const privilege of fitting) privileges.add(privilege);
    this.#granted.set(key, privileges);
    if (fitting.some((privilege) => !isOfCluster(privilege))) this.#databases.add(grant.database);
  }
}

/** No name of a database or an object has a line break in it. */
function keyOf(database: string, objectName: string): string {
  return `${database}\n${objectName}`;
}

function isOfCollections(privilege: string): boolean {
  return levelOfPrivilege(privilege) === 'Collection';
}

function isOfCluster(privilege: string): boolean {
  return BUILT_IN_GROUPS['ClusterAdmin']!.includes(privilege);
}
