import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManagementAccess } from '../../../cli/compose/management-access.ts';
import { openSession, sealSession } from '../../../cli/compose/session-cookie.ts';
import type { AccessRecords, GrantRecord } from '../../../core/access/access-records.ts';
import { hashPassword } from '../../../core/access/password-hash.ts';
import { ManagementServer } from '../../../telemetry/management-server.ts';
import { createMetrics } from '../../../telemetry/metrics.ts';

const PASSWORD = 'long enough';
const JSON_TYPE = { 'content-type': 'application/json' };
const LOOK: GrantRecord = {
  objectType: 'Global',
  objectName: '*',
  privilege: 'ClusterReadOnly',
  database: '*',
  grantor: 'root',
};

let records: AccessRecords;
let server: ManagementServer;

async function recordsOf(names: Readonly<Record<string, readonly string[]>>): Promise<AccessRecords> {
  const users = Object.entries(names).map(async ([name, roles]) => {
    return { name, passwordHash: await hashPassword(PASSWORD), description: '', roles };
  });
  const roles = [
    { name: 'admin', description: '', grants: [] },
    { name: 'public', description: '', grants: [] },
    { name: 'operator', description: '', grants: [LOOK] },
  ];
  return { version: 1, users: await Promise.all(users), roles, privilegeGroups: [] };
}

async function listen(access: ManagementAccess): Promise<ManagementServer> {
  return ManagementServer.listen({
    host: '127.0.0.1',
    port: 0,
    registry: createMetrics('node').registry,
    unhealthy: () => [],
    pages: new Map([['/status', () => 'status']]),
    changes: new Map([['/log/level', () => 'changed']]),
    calls: new Map([['/console/calls/x', (_body, caller) => caller?.user]]),
    guard: access,
  });
}

beforeEach(async () => {
  records = await recordsOf({ root: [], ada: ['admin'], olga: ['operator'], bob: [] });
  const access = new ManagementAccess({ guardsMetrics: false, isSecure: false });
  access.open({ readAccess: async () => records });
  server = await listen(access);
});

afterEach(() => server[Symbol.asyncDispose]());

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  const text = await response.text();
  return { status: response.status, text, cookie: response.headers.get('set-cookie') };
}

function basic(user: string, password = PASSWORD): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function signIn(user: string, password = PASSWORD, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ user, password });
  return ask('/console/session', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
}

/** What a browser sends back. */
function cookieIn(header: string | null): Record<string, string> {
  return { cookie: header!.split(';')[0]! };
}

describe('the management port with a guard', () => {
  test('health and metrics are open, the rest is not', async () => {
    for (const path of ['/livez', '/healthz', '/metrics']) expect(await ask(path)).toMatchObject({ status: 200 });
    expect(await ask('/status')).toMatchObject({ status: 401, text: expect.stringContaining('1800') });
    expect(await ask('/log/level', { method: 'PUT', body: '{}' })).toMatchObject({ status: 401 });
    expect(await ask('/console/calls/x', { method: 'POST', headers: JSON_TYPE, body: '{}' })).toMatchObject({
      status: 401,
    });
  });

  test.each([
    ['root', 200, 200],
    ['ada', 200, 200],
    ['olga', 200, 403],
    ['bob', 403, 403],
  ])('%s: pages %i, changes %i, calls by their own rights', async (user, page, change) => {
    const headers = basic(user);
    expect(await ask('/status', { headers })).toMatchObject({ status: page });
    expect(await ask('/log/level', { method: 'PUT', body: '{}', headers })).toMatchObject({ status: change });
    const called = await ask('/console/calls/x', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{}' });
    expect(called).toMatchObject({ status: 200, text: `"${user}"` });
  });

  test('metrics are guarded where that is set', async () => {
    const access = new ManagementAccess({ guardsMetrics: true, isSecure: false });
    await using closed = await listen(access);
    const url = `http://127.0.0.1:${closed.port}/metrics`;
    // Users are not known yet.
    expect((await fetch(url)).status).toBe(503);
    access.open({ readAccess: async () => records });
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: basic('olga') })).status).toBe(200);
  });
});

describe('a session of the console', () => {
  test('begins with a password and ends with a sign-out', async () => {
    expect(JSON.parse((await ask('/console/session')).text)).toMatchObject({ required: true, user: null });
    const { status, text, cookie } = await signIn('olga');
    expect([status, JSON.parse(text)]).toEqual([200, { required: true, user: 'olga', pages: true, changes: false }]);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Max-Age=28800$/);
    const headers = cookieIn(cookie);
    expect(await ask('/status', { headers })).toMatchObject({ status: 200 });
    expect(JSON.parse((await ask('/console/session', { headers })).text)).toMatchObject({ user: 'olga' });
    expect(await ask('/console/session', { method: 'DELETE', headers })).toMatchObject({
      status: 200,
      cookie: expect.stringContaining('Max-Age=0'),
    });
  });

  test('is not given for a wrong password, nor to a page of another site', async () => {
    expect(await signIn('olga', 'something else')).toMatchObject({ status: 401, cookie: null });
    expect(await signIn('olga', PASSWORD, { origin: 'http://evil.example' })).toMatchObject({ status: 403 });
    expect(await signIn('olga', PASSWORD, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    const text = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"user":"olga"}' };
    expect(await ask('/console/session', text)).toMatchObject({ status: 400 });
  });

  test('cannot be used by a page of another site', async () => {
    const headers = { ...cookieIn((await signIn('ada')).cookie), ...JSON_TYPE };
    const from = (origin: string) =>
      ask('/console/calls/x', { method: 'POST', headers: { ...headers, origin }, body: '{}' });
    expect(await from('http://evil.example')).toMatchObject({ status: 403 });
    expect(await from(`http://127.0.0.1:${server.port}`)).toMatchObject({ status: 200 });
  });

  test('is good in every process with the same metadata, until the password changes or the user is gone', async () => {
    const headers = cookieIn((await signIn('olga')).cookie);
    const access = new ManagementAccess({ guardsMetrics: false, isSecure: false });
    let known = records;
    access.open({ readAccess: async () => known });
    await using other = await listen(access);
    const status = async () => (await fetch(`http://127.0.0.1:${other.port}/status`, { headers })).status;
    expect(await status()).toBe(200);
    known = { ...records, version: 2, users: records.users.filter(({ name }) => name !== 'olga') };
    await expect.poll(status, { timeout: 10_000 }).toBe(401);
  });

  test('that was changed, is over or is of another key is none', () => {
    const hashOf = (user: string) => `hash of ${user}`;
    const value = sealSession('bob', 0, hashOf, false).split(';')[0]!;
    expect(openSession(value, 1, hashOf)).toBe('bob');
    expect(openSession(`a=b; ${value}; c=d`, 1, hashOf)).toBe('bob');
    expect(openSession(value, 9 * 60 * 60_000, hashOf)).toBeUndefined();
    expect(openSession(value, 1, (user) => (user === 'root' ? 'changed' : hashOf(user)))).toBeUndefined();
    expect(openSession(value, 1, (user) => (user === 'bob' ? 'changed' : hashOf(user)))).toBeUndefined();
    const [content, signed] = value.slice('braid_session='.length).split('.');
    const admin = Buffer.from('{"user":"root","untilMs":99999999999999}').toString('base64url');
    for (const forged of [`${admin}.${signed}`, `${content}.`, `${content}.AAAA`, 'x.y', '']) {
      expect(openSession(`braid_session=${forged}`, 1, hashOf)).toBeUndefined();
    }
  });
});
