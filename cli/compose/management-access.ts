import type { IncomingMessage } from 'node:http';
import { ANY } from '../../core/access/access-records.ts';
import type { UserRights } from '../../core/access/user-rights.ts';
import { systemClock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import { isRecord } from '../../core/rows/is-record.ts';
import { Authenticator } from '../../router/api/access/authenticator.ts';
import { type Credentials, credentialsOfHeader } from '../../router/api/access/credentials.ts';
import type {
  ManagementCaller,
  ManagementGuard,
  ManagementRequest,
  SessionPage,
} from '../../telemetry/management-guard.ts';
import type { ReadableMetadata } from './late-metadata.ts';
import { PolledAccess } from './polled-access.ts';
import { endedSession, openSession, sealSession } from './session-cookie.ts';

/** Whoever may look at the cluster's resource groups may look at its nodes: it is in the group ClusterReadOnly. */
const PAGES_PRIVILEGE = 'DescribeResourceGroup';

interface OpenedAccess {
  readonly source: PolledAccess;
  readonly authenticator: Authenticator;
}

export interface ManagementAccessOptions {
  readonly guardsMetrics: boolean;
  /** The port speaks TLS. */
  readonly isSecure: boolean;
}

/**
 * Lets the users of the Milvus API into the management port, by a session or by `Authorization: Basic` or `Bearer user:password`. Pages need the cluster-wide privilege of ClusterReadOnly,
 * changes the role admin, calls what the API wants for them. Until the metadata store is there nobody is let in.
 */
export class ManagementAccess implements ManagementGuard {
  readonly guardsMetrics: boolean;
  readonly endedCookie: string;
  readonly #isSecure: boolean;
  #access: OpenedAccess | undefined;

  constructor({ guardsMetrics, isSecure }: ManagementAccessOptions) {
    this.guardsMetrics = guardsMetrics;
    this.#isSecure = isSecure;
    this.endedCookie = endedSession(isSecure);
  }

  /** From now on users are known. */
  open(metadata: Pick<ReadableMetadata, 'readAccess'>): void {
    const source = new PolledAccess(metadata);
    this.#access = { source, authenticator: new Authenticator({ source, clock: systemClock }) };
  }

  async admit(request: IncomingMessage, wanted: ManagementRequest): Promise<ManagementCaller> {
    const caller = await this.#callerOf(request);
    if (!caller) throw new BraidError('unauthenticated', 'sign in: POST /console/session, or the header authorization');
    if (isAllowed(caller.rights, wanted)) return caller;
    const needed = wanted === 'change' ? 'the role admin' : 'a cluster-wide privilege such as those of ClusterReadOnly';
    throw new BraidError('permissionDenied', `permission deny to ${caller.user}: this needs ${needed}`);
  }

  async session(request: IncomingMessage): Promise<SessionPage> {
    return pageOf(await this.#callerOf(request).catch(() => undefined));
  }

  async signIn(request: IncomingMessage, body: unknown) {
    const { source, authenticator } = this.#opened();
    await source.keepFresh();
    const credentials = credentialsIn(body);
    const shown = `Bearer ${credentials.user}:${credentials.password}`;
    const caller = await authenticator.authenticate(shown, () => credentials, addressOf(request));
    const hashOf = (user: string) => authenticator.passwordHashOf(user);
    return { page: pageOf(caller), cookie: sealSession(caller.user, Date.now(), hashOf, this.#isSecure) };
  }

  /** Undefined for who does not say. Throws for who says what is wrong. */
  async #callerOf(request: IncomingMessage): Promise<ManagementCaller | undefined> {
    const { source, authenticator } = this.#opened();
    await source.keepFresh();
    const { authorization, cookie } = request.headers;
    if (authorization) return authenticator.authenticate(authorization, credentialsOfHeader, addressOf(request));
    const user = openSession(cookie, Date.now(), (name) => authenticator.passwordHashOf(name));
    const rights = user === undefined ? undefined : authenticator.rightsOf(user);
    return rights && { user: user!, rights };
  }

  #opened(): OpenedAccess {
    if (this.#access) return this.#access;
    throw new BraidError('serviceNotReady', 'users are not known yet: this process is starting');
  }
}

function isAllowed(rights: UserRights, wanted: ManagementRequest): boolean {
  if (wanted === 'call') return true;
  return wanted === 'change' ? rights.isAdmin : rights.has(PAGES_PRIVILEGE, ANY, ANY);
}

function pageOf(caller: ManagementCaller | undefined): SessionPage {
  if (!caller) return { required: true, user: null, pages: false, changes: false };
  const { user, rights } = caller;
  return { required: true, user, pages: isAllowed(rights, 'page'), changes: isAllowed(rights, 'change') };
}

function credentialsIn(body: unknown): Credentials {
  const { user, password } = isRecord(body) ? body : {};
  if (typeof user === 'string' && typeof password === 'string') return { user, password };
  throw new BraidError('parameterInvalid', 'the body must be {"user": text, "password": text}');
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}
