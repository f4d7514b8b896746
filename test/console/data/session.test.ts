import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { call, readText } from '../../../console/src/data/management-port.ts';
import { isOpen, readSession, session, signIn, signOut } from '../../../console/src/data/session.ts';

const OPEN = { required: true, user: 'ada', pages: true, changes: false };
let answers: (() => Response)[];
let asked: string[];

beforeEach(() => {
  session.value = undefined;
  answers = [];
  asked = [];
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? 'GET'} ${path} ${init?.body ?? ''}`.trim());
    const next = answers.shift();
    if (!next) throw new TypeError('connection refused');
    return next();
  });
});

afterEach(() => void vi.unstubAllGlobals());

const json = (status: number, value: object) => () => new Response(JSON.stringify(value), { status });

test('who is signed in is asked of the process', async () => {
  answers = [json(200, OPEN)];
  expect(isOpen.value).toBe(false);
  await readSession();
  expect(isOpen.value).toBe(true);
  expect(session.value).toEqual(OPEN);
});

test('a right password opens the pages, a wrong one is answered in the words of the process', async () => {
  answers = [json(401, { code: 1800, message: 'wrong user or password' }), json(200, OPEN)];
  await expect(signIn('ada', 'wrong')).rejects.toThrow('wrong user or password');
  expect(isOpen.value).toBe(false);
  await signIn('ada', 'right');
  expect(isOpen.value).toBe(true);
  expect(asked[1]).toBe('POST /console/session {"user":"ada","password":"right"}');
});

test('a 401 of any page ends the session here', async () => {
  answers = [json(200, OPEN), json(401, { code: 1800, message: 'sign in' })];
  await readSession();
  await expect(readText('/status')).rejects.toThrow('sign in');
  expect(session.value).toMatchObject({ required: true, user: null });
});

test('signing out ends it also where the process is gone', async () => {
  answers = [json(200, OPEN)];
  await readSession();
  await signOut();
  expect(isOpen.value).toBe(false);
  expect(asked.at(-1)).toBe('DELETE /console/session');
});

test('answers that are no success are said in words', async () => {
  answers = [() => new Response('the catalog is not there\n', { status: 500 })];
  await expect(readText('/status')).rejects.toThrow(/^the catalog is not there$/);
  await expect(readText('/status')).rejects.toThrow('the process that served this page does not answer');
  answers = [json(400, { code: 1100, message: 'bad filter' }), () => new Response('only GET', { status: 405 })];
  await expect(call('entities/search', {})).rejects.toThrow('bad filter (code 1100)');
  await expect(call('entities/search', {})).rejects.toThrow('this process is no router');
});
