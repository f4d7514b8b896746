import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { UserRights } from '../core/access/user-rights.ts';
import { BraidError, toBraidError } from '../core/errors.ts';

/** Who asks on the management port. */
export interface ManagementCaller {
  readonly user: string;
  readonly rights: UserRights;
}

/** What is asked for: a page, a change, or a call that looks after rights itself. */
export type ManagementRequest = 'page' | 'change' | 'call';

/** What a browser is told of its session, as JSON. */
export interface SessionPage {
  /** False: authentication is off, everything is open. */
  readonly required: boolean;
  /** Who is signed in; null: nobody. */
  readonly user: string | null;
  /** Whether this user may see the pages (`/status`, ...) and make changes (`/log/level`, ...). Calls ask for the privileges that they need in the Milvus API. */
  readonly pages: boolean;
  readonly changes: boolean;
}

/** Who may do what on the management port. */
export interface ManagementGuard {
  /** Whether `/metrics` is for those only who may see the pages. */
  readonly guardsMetrics: boolean;
  /** By the cookie or the header `authorization`. Throws `unauthenticated` and `permissionDenied`. */
  admit(request: IncomingMessage, wanted: ManagementRequest): Promise<ManagementCaller>;
  session(request: IncomingMessage): Promise<SessionPage>;
  /** The session, and the cookie that stands for it. Throws `unauthenticated`. */
  signIn(
    request: IncomingMessage,
    credentials: unknown,
  ): Promise<{ readonly page: SessionPage; readonly cookie: string }>;
  /** A cookie that ends the session in the browser. */
  readonly endedCookie: string;
}

const OPEN: SessionPage = { required: false, user: null, pages: true, changes: true };

/** How requests that are not let in are answered. */
const HTTP_STATUS: Readonly<Record<string, number>> = {
  unauthenticated: 401,
  permissionDenied: 403,
  serviceNotReady: 503,
};

export function statusOfError(error: unknown, otherwise: number): number {
  return HTTP_STATUS[toBraidError(error).kind] ?? otherwise;
}

/**
 * A browser sends cookies along with what another site's page asks for, too. `SameSite=Strict` keeps it from that; where the browser says who asks, it must be a page of this port.
 * Programs say nothing of the kind.
 */
export function refuseOtherOrigins(headers: IncomingHttpHeaders): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwnSite && (origin === undefined || hostOf(origin) === host)) return;
  throw new BraidError('permissionDenied', 'pages of other sites may not ask this');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/**
 * `/console/session`: GET tells who is signed in (SessionPage), POST `{"user", "password"}` signs in and sets an HttpOnly cookie, DELETE signs out. A wrong password is status 401 with
 * `{"code", "message"}`. Without a guard GET says that nobody needs to.
 */
export async function answerSession(
  guard: ManagementGuard | undefined,
  request: IncomingMessage,
  readBody: () => Promise<unknown>,
  response: ServerResponse,
): Promise<SessionPage> {
  if (!guard || request.method === 'GET') return guard ? guard.session(request) : OPEN;
  refuseOtherOrigins(request.headers);
  if (request.method === 'DELETE') {
    response.setHeader('set-cookie', guard.endedCookie);
    return { required: true, user: null, pages: false, changes: false };
  }
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new BraidError('parameterInvalid', 'the body must be application/json');
  }
  const { page, cookie } = await guard.signIn(request, await readBody());
  response.setHeader('set-cookie', cookie);
  return page;
}
