import { createHmac, timingSafeEqual } from 'node:crypto';
import { isRecord } from '../../core/rows/is-record.ts';

const COOKIE = 'braid_session';
/** After this a browser must sign in again. */
const SESSION_MS = 8 * 60 * 60_000;

/** Hashes of passwords, from which the key of a session is made. */
export type HashOf = (user: string) => string | undefined;

/**
 * A session of the console is the cookie itself: user and end, signed. The key is made of the hashes of the user's and root's passwords, so every process with the same metadata store accepts it,
 * nobody else can make one, and it ends when either password changes or the user is dropped.
 */
export function sealSession(user: string, nowMs: number, hashOf: HashOf, isSecure: boolean): string {
  const content = Buffer.from(JSON.stringify({ user, untilMs: nowMs + SESSION_MS })).toString('base64url');
  const value = `${content}.${signature(content, user, hashOf)?.toString('base64url')}`;
  return cookieOf(value, SESSION_MS / 1000, isSecure);
}

export function endedSession(isSecure: boolean): string {
  return cookieOf('', 0, isSecure);
}

/** The user of the session in the header `cookie`; undefined where there is none that is whole and not over. */
export function openSession(header: string | undefined, nowMs: number, hashOf: HashOf): string | undefined {
  const value = new RegExp(`(?:^|; *)${COOKIE}=([\\w-]+)\\.([\\w-]+)(?:;|$)`).exec(header ?? '');
  if (!value) return undefined;
  const [, content = '', signed = ''] = value;
  const { user, untilMs } = claimsOf(content);
  const expected = signature(content, user, hashOf);
  const given = Buffer.from(signed, 'base64url');
  const isGenuine = expected !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
  return isGenuine && nowMs < untilMs ? user : undefined;
}

function claimsOf(content: string): { readonly user: string; readonly untilMs: number } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(content, 'base64url').toString('utf8'));
    if (isRecord(claims)) return { user: String(claims['user']), untilMs: Number(claims['untilMs']) };
  } catch {
    // Not ours.
  }
  return { user: '', untilMs: 0 };
}

/** Undefined for users who are not there. */
function signature(content: string, user: string, hashOf: HashOf): Buffer | undefined {
  const [own, root] = [hashOf(user), hashOf('root')];
  if (own === undefined || root === undefined) return undefined;
  return createHmac('sha256', `braid console session\n${root}\n${own}`).update(content).digest();
}

function cookieOf(value: string, maxAgeS: number, isSecure: boolean): string {
  return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${isSecure ? '; Secure' : ''}`;
}
