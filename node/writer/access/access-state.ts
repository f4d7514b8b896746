import type {
  AccessRecords,
  PrivilegeGroupRecord,
  RoleRecord,
  UserRecord,
} from '../../../core/access/access-records.ts';
import { BraidError } from '../../../core/errors.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';

/** Who may do what as the writer, who alone changes it, knows it. */
export class AccessState {
  readonly #users: Map<string, UserRecord>;
  readonly #roles: Map<string, RoleRecord>;
  readonly #groups: Map<string, PrivilegeGroupRecord>;

  constructor(records: AccessRecords | undefined) {
    this.#users = byName(records?.users);
    this.#roles = byName(records?.roles);
    this.#groups = byName(records?.privilegeGroups);
  }

  get users(): readonly UserRecord[] {
    return [...this.#users.values()];
  }

  get roles(): readonly RoleRecord[] {
    return [...this.#roles.values()];
  }

  get groups(): readonly PrivilegeGroupRecord[] {
    return [...this.#groups.values()];
  }

  findUser(name: string): UserRecord | undefined {
    return this.#users.get(name);
  }

  findRole(name: string): RoleRecord | undefined {
    return this.#roles.get(name);
  }

  findGroup(name: string): PrivilegeGroupRecord | undefined {
    return this.#groups.get(name);
  }

  user(name: string): UserRecord {
    const found = this.#users.get(name);
    if (found) return found;
    const message = `not found the user, maybe the user isn't existed or internal system error: ${name}`;
    throw new BraidError('userNotFound', message);
  }

  role(name: string): RoleRecord {
    const found = this.#roles.get(name);
    if (found) return found;
    const message = `not found the role, maybe the role isn't existed or internal system error: ${name}`;
    throw new BraidError('roleNotFound', message);
  }

  group(name: string): PrivilegeGroupRecord {
    const found = this.#groups.get(name);
    if (found) return found;
    throw new BraidError('parameterInvalid', `there is no privilege group name [${name}] to operate`);
  }

  /** What the metadata store has applied; other changes are nothing to it. */
  applied(changes: readonly CatalogChange[]): void {
    for (const change of changes) {
      if (change.kind === 'putUser') this.#users.set(change.user.name, change.user);
      else if (change.kind === 'dropUser') this.#users.delete(change.name);
      else if (change.kind === 'putRole') this.#roles.set(change.role.name, change.role);
      else if (change.kind === 'dropRole') this.#roles.delete(change.name);
      else if (change.kind === 'putPrivilegeGroup') this.#groups.set(change.group.name, change.group);
      else if (change.kind === 'dropPrivilegeGroup') this.#groups.delete(change.name);
    }
  }
}

function byName<Named extends { readonly name: string }>(records: readonly Named[] = []): Map<string, Named> {
  return new Map(records.map((record) => [record.name, record]));
}
