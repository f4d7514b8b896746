import { ANY, type GrantRecord, ROOT_USER } from '../../../core/access/access-records.ts';
import {
  levelOfBuiltInGroup,
  levelOfPrivilege,
  OBJECT_PRIVILEGES,
  objectTypeOf,
  type PrivilegeLevel,
} from '../../../core/access/privileges.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface ChangePrivilegeInput {
  readonly role: string;
  /** `Collection`, `Global` or `User` (the older way of granting); undefined: the privilege says (the newer way). */
  readonly objectType: string | undefined;
  /** Of the object, or the collection; `*`: all of them. */
  readonly objectName: string;
  /** Or, in the newer way, the name of a group. `*`: all of the object's. */
  readonly privilege: string;
  /** `*`: every database. */
  readonly database: string;
  readonly change: 'grant' | 'revoke';
}

/** What is so already is success. */
export async function changePrivilege(
  cluster: Cluster,
  context: RequestContext,
  input: ChangePrivilegeInput,
): Promise<void> {
  const { role, change } = input;
  if (role === '') throw new BraidError('parameterInvalid', 'role name is empty');
  const grant = input.objectType === undefined ? await grantByLevel(cluster, input) : grantByType(input);
  await changeCatalog(cluster, context, {
    kind: change === 'grant' ? 'grantPrivilege' : 'revokePrivilege',
    role,
    grant,
  });
}

/** OperatePrivilege: the privilege must be one of the object's type. */
function grantByType(input: ChangePrivilegeInput): GrantRecord {
  const { objectType = '', objectName, privilege, database } = input;
  const privileges = Object.hasOwn(OBJECT_PRIVILEGES, objectType) ? OBJECT_PRIVILEGES[objectType]! : undefined;
  if (!privileges) {
    const types = Object.keys(OBJECT_PRIVILEGES).join(' ');
    const message = `not found the object type[name: ${objectType}], supported the object types: [${types}]`;
    throw new BraidError('parameterInvalid', message);
  }
  if (privilege !== ANY && !privileges.includes(privilege)) {
    throw new BraidError('parameterInvalid', `not found the privilege name[${privilege}] in object[${objectType}]`);
  }
  if (objectName === '') throw new BraidError('parameterInvalid', 'object name in the grant entity is empty');
  return { objectType, objectName, privilege, database, grantor: ROOT_USER };
}

/** OperatePrivilegeV2: the level of the privilege says what it may be granted on. */
async function grantByLevel(cluster: Cluster, input: ChangePrivilegeInput): Promise<GrantRecord> {
  const { privilege, objectName, database } = input;
  const level = await levelOf(cluster, privilege);
  const refuse = (problem: string) => new BraidError('parameterInvalid', `${problem}: ${privilege}`);
  if (level === 'Cluster' && (database !== ANY || objectName !== ANY)) {
    throw refuse('dbName and collectionName should be * for the cluster level privilege');
  }
  if (level === 'Database' && objectName !== ANY) {
    throw refuse('collectionName should be * for the database level privilege');
  }
  if (level === 'Collection' && database === ANY && objectName !== ANY) {
    throw refuse('please specify database name for the collection level privilege');
  }
  return { objectType: objectTypeOf(privilege), objectName, privilege, database, grantor: ROOT_USER };
}

/** A group that somebody made is of the level of what is in it; an empty one of none. */
async function levelOf(cluster: Cluster, privilege: string): Promise<PrivilegeLevel | undefined> {
  const known = levelOfPrivilege(privilege) ?? levelOfBuiltInGroup(privilege);
  if (known || privilege === ANY) return known;
  const { privilegeGroups } = await cluster.access.read();
  const group = privilegeGroups.find(({ name }) => name === privilege);
  if (group) return group.privileges[0] === undefined ? undefined : levelOfPrivilege(group.privileges[0]);
  throw new BraidError('parameterInvalid', `invalid privilege name or privilege group name: ${privilege}`);
}
