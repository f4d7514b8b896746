import { ANY } from '../../../core/access/access-records.ts';
import type { UserRights } from '../../../core/access/user-rights.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Principal } from '../../operations/request-context.ts';
import type { Authenticator } from './authenticator.ts';
import type { CallRight } from './call-rights.ts';
import { credentialsOfHeader, credentialsOfMetadata } from './credentials.ts';
import { type NamedObjects, namedObjects } from './named-objects.ts';

/** What the gate must know of a call. */
export interface AskedCall {
  readonly api: 'grpc' | 'rest';
  readonly right: CallRight;
  /** As it was sent; empty: not at all. */
  readonly authorization: string;
  /** host:port of the client. */
  readonly peer: string;
  readonly request: unknown;
}

/** What names and ids of collections stand for, as far as this router knows. */
export interface CollectionNames {
  /** The name of the collection that this is the name or an alias of. */
  nameOf(database: string, nameOrAlias: string): string | undefined;
  placeOf(collectionId: number): { readonly database: string; readonly name: string } | undefined;
}

export interface AccessGateOptions {
  readonly authenticator: Authenticator;
  readonly collections: CollectionNames;
}

/**
 * Stands before every call of either protocol: who calls, and may they? Aliases and ids count as the collections that they stand for. Decided by what this router knows of users, roles and
 * the catalog; only before it refuses it looks whether that is still so.
 */
export class AccessGate {
  readonly #authenticator: Authenticator;
  readonly #collections: CollectionNames;

  constructor({ authenticator, collections }: AccessGateOptions) {
    this.#authenticator = authenticator;
    this.#collections = collections;
  }

  /** At once where the caller is known already. Throws `unauthenticated` and `permissionDenied` in Milvus' words. */
  admit(call: AskedCall, database: string): Principal | Promise<Principal> {
    const read = call.api === 'grpc' ? credentialsOfMetadata : credentialsOfHeader;
    const address = call.peer.slice(0, call.peer.lastIndexOf(':'));
    const caller = this.#authenticator.authenticate(call.authorization, read, address);
    return caller instanceof Promise
      ? caller.then((principal) => this.authorize(principal, call.right, call.request, database))
      : this.authorize(caller, call.right, call.request, database);
  }

  /** For callers who are known by other means. */
  authorize(caller: Principal, right: CallRight, request: unknown, database: string): Principal | Promise<Principal> {
    return this.#isAllowed(caller, right, request, database) ? caller : this.#askOnce(caller, right, request, database);
  }

  async #askOnce(caller: Principal, right: CallRight, request: unknown, database: string): Promise<Principal> {
    const { user } = caller;
    const isNewer = await this.#authenticator.refresh();
    const rights = isNewer ? this.#authenticator.rightsOf(user) : undefined;
    if (rights && this.#isAllowed({ user, rights }, right, request, database)) return { user, rights };
    const needed = right.kind === 'admin' ? 'PrivilegeAll' : `Privilege${'privilege' in right ? right.privilege : ''}`;
    const message = `${needed}: permission deny to ${user} in the \`${database}\` database`;
    throw new BraidError('permissionDenied', message);
  }

  #isAllowed({ user, rights }: Principal, right: CallRight, request: unknown, database: string): boolean {
    if (right.kind === 'nothing' || rights.isAdmin) return true;
    if (right.kind === 'admin') return false;
    const { privilege } = right;
    if (right.kind === 'anywhere') return rights.hasSomewhere(privilege, database);
    const named = namedObjects(request);
    switch (right.kind) {
      case 'collections':
        return this.#isAllowedOn(named, rights, privilege, database);
      case 'database':
        return [database, named.newDatabase || database].every((one) => rights.has(privilege, one, ANY));
      case 'user':
        return named.user === user || rights.has(privilege, database, named.user || ANY);
      case 'role':
        return rights.roles.includes(named.role) || rights.has(privilege, database, ANY);
    }
  }

  #isAllowedOn(named: NamedObjects, rights: UserRights, privilege: string, database: string): boolean {
    const targets = this.#targetsOf(named, database);
    // Of everything, in all databases: such calls list or look for what belongs to any of them.
    if (targets.length === 0) return rights.has(privilege, ANY, ANY);
    return targets.every(([where, collection]) => rights.has(privilege, where, collection));
  }

  /** Databases and collections. A name that stands for nothing counts as it is. */
  #targetsOf({ collections, aliases, collectionIds }: NamedObjects, database: string): [string, string][] {
    const byName = [...collections, ...aliases].map((name): [string, string] => [
      database,
      this.#collections.nameOf(database, name) ?? name,
    ]);
    const byId = collectionIds.flatMap((id): [string, string][] => {
      const found = this.#collections.placeOf(id);
      if (!found) return [[ANY, ANY]];
      // Some operations go on by the name, in the database of the call.
      return [
        [found.database, found.name],
        [database, found.name],
      ];
    });
    return [...byName, ...byId];
  }
}
