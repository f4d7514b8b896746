import type { GrantRecord, PrivilegeGroupRecord, RoleRecord, UserRecord } from './access-records.ts';

/**
 * Changes of who may do what, as the router asks them of the writer; part of the catalog's commands. Passwords never travel: the router hashes them. Creating what exists is an
 * error, granting what is granted and revoking what is not succeed.
 */
export type AccessCommand =
  | { readonly kind: 'createUser'; readonly user: string; readonly passwordHash: string; readonly description: string }
  | {
      readonly kind: 'changePassword';
      readonly user: string;
      /** The hash that the old password was checked against: another change may have come in between. */
      readonly oldHash: string;
      readonly passwordHash: string;
      /** Undefined: stays as it is. */
      readonly description?: string;
    }
  | { readonly kind: 'dropUser'; readonly user: string }
  | { readonly kind: 'createRole'; readonly role: string; readonly description: string }
  | { readonly kind: 'alterRole'; readonly role: string; readonly description: string }
  /** A role that has privileges is only dropped by force. */
  | { readonly kind: 'dropRole'; readonly role: string; readonly force: boolean }
  | { readonly kind: 'grantRole'; readonly user: string; readonly role: string }
  | { readonly kind: 'revokeRole'; readonly user: string; readonly role: string }
  | { readonly kind: 'grantPrivilege'; readonly role: string; readonly grant: GrantRecord }
  | { readonly kind: 'revokePrivilege'; readonly role: string; readonly grant: GrantRecord }
  | { readonly kind: 'createPrivilegeGroup'; readonly group: string }
  | { readonly kind: 'dropPrivilegeGroup'; readonly group: string }
  | { readonly kind: 'addPrivileges'; readonly group: string; readonly privileges: readonly string[] }
  | { readonly kind: 'removePrivileges'; readonly group: string; readonly privileges: readonly string[] }
  /** Adds what is not there; what is there by the same name stays and is an error. */
  | {
      readonly kind: 'restoreAccess';
      readonly users: readonly UserRecord[];
      readonly roles: readonly RoleRecord[];
      readonly privilegeGroups: readonly PrivilegeGroupRecord[];
    };
