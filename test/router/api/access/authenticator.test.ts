import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccessRecords, UserRecord } from '../../../../core/access/access-records.ts';
import * as passwordHash from '../../../../core/access/password-hash.ts';
import { hashPassword } from '../../../../core/access/password-hash.ts';
import { systemClock } from '../../../../core/clock.ts';
import { Authenticator } from '../../../../router/api/access/authenticator.ts';
import { credentialsOfHeader, credentialsOfMetadata } from '../../../../router/api/access/credentials.ts';
import type { AccessLimits } from '../../../../router/api/access/limits.ts';

const ADDRESS = '10.0.0.1';
const RIGHT = 'ada:her pass:word';
const checks = vi.spyOn(passwordHash, 'isPasswordOf');

vi.mock('../../../../core/access/password-hash.ts', { spy: true });

beforeEach(() => checks.mockClear());

async function userOf(name: string, password: string): Promise<UserRecord> {
  return { name, passwordHash: await hashPassword(password), description: '', roles: [] };
}

/** Its records change at once, and are known to the authenticator when it asks. */
class Store {
  current: AccessRecords | undefined;
  stored: AccessRecords;
  refreshes = 0;

  constructor(...users: UserRecord[]) {
    this.stored = { version: 1, users, roles: [], privilegeGroups: [] };
    this.current = this.stored;
  }

  put(...users: UserRecord[]): void {
    this.stored = { ...this.stored, version: this.stored.version + 1, users };
  }

  async refresh(): Promise<void> {
    this.refreshes++;
    this.current = this.stored;
  }
}

function open(source: Store, limits: Partial<AccessLimits> = {}) {
  const authenticator = new Authenticator({ source, clock: systemClock, limits });
  return {
    authenticator,
    bearer: async (text: string, address = ADDRESS) =>
      authenticator.authenticate(text === '' ? '' : `Bearer ${text}`, credentialsOfHeader, address),
  };
}

const WRONG = {
  kind: 'unauthenticated',
  message: 'auth check failure, please check username and password are correct',
};

describe('credentials', () => {
  test.each([
    ['Bearer a:b', { user: 'a', password: 'b' }],
    ['bearer a:b:c d', { user: 'a', password: 'b:c d' }],
    ['Basic YTpi', { user: 'a', password: 'b' }],
    ['Bearer token', undefined],
    ['a:b', undefined],
    ['Digest a:b', undefined],
    ['Bearer', undefined],
  ])('of the header %s', (header, expected) => {
    expect(credentialsOfHeader(header)).toEqual(expected);
  });

  test('of metadata are base64', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    expect(credentialsOfMetadata(base64('grün:wörd'))).toEqual({ user: 'grün', password: 'wörd' });
    expect(credentialsOfMetadata(base64('key'))).toBeUndefined();
    expect(credentialsOfMetadata('%%%')).toBeUndefined();
  });
});

describe('authentication', () => {
  test('right, wrong, missing and unknown', async () => {
    const { bearer } = open(new Store(await userOf('ada', 'her pass:word')));
    expect(await bearer(RIGHT)).toMatchObject({ user: 'ada' });
    await expect(bearer('ada:wrong')).rejects.toMatchObject(WRONG);
    await expect(bearer('ada:')).rejects.toMatchObject(WRONG);
    await expect(bearer('bob:her pass:word')).rejects.toMatchObject(WRONG);
    await expect(bearer(':')).rejects.toMatchObject(WRONG);
    await expect(bearer('')).rejects.toMatchObject({ message: 'missing authorization in header' });
    await expect(bearer('token')).rejects.toMatchObject({
      message: 'auth check failure, please check api key is correct',
    });
    await expect(bearer(`ada:${'x'.repeat(2_000)}`)).rejects.toMatchObject({ message: 'invalid token format' });
  });

  test('a password is hashed once, also when many ask at the same time', async () => {
    const { bearer, authenticator } = open(new Store(await userOf('ada', 'her pass:word')));
    await Promise.all(Array.from({ length: 20 }, () => bearer(RIGHT)));
    expect(checks).toHaveBeenCalledTimes(1);
    expect(authenticator.authenticate(`Bearer ${RIGHT}`, credentialsOfHeader, ADDRESS)).toMatchObject({ user: 'ada' });
    expect(checks).toHaveBeenCalledTimes(1);
  });

  test('a user who is not there costs a hash as well', async () => {
    const { bearer } = open(new Store());
    await expect(bearer('bob:secret')).rejects.toMatchObject(WRONG);
    expect(checks).toHaveBeenCalledTimes(1);
  });

  test('what was right is refused once the password has changed or the user is gone', async () => {
    const store = new Store(await userOf('ada', 'her pass:word'));
    const { bearer } = open(store);
    await bearer(RIGHT);
    store.put(await userOf('ada', 'another'));
    await store.refresh();
    await expect(bearer(RIGHT)).rejects.toMatchObject(WRONG);
    expect(await bearer('ada:another')).toMatchObject({ user: 'ada' });
    store.put();
    await store.refresh();
    await expect(bearer('ada:another')).rejects.toMatchObject(WRONG);
  });

  test('a user made elsewhere is looked for before the refusal', async () => {
    const store = new Store();
    const { bearer } = open(store);
    store.put(await userOf('ada', 'her pass:word'));
    expect(await bearer(RIGHT)).toMatchObject({ user: 'ada' });
    expect(store.refreshes).toBe(1);
  });

  test('after failures the next tries wait, and of many only few', async () => {
    const limits = { freeGuesses: 2, guessPauseMs: 30, guessPauseMsMax: 30, guessesWaitingMax: 3 };
    const { bearer } = open(new Store(await userOf('ada', 'her pass:word')), limits);
    for (const guess of ['a', 'b']) await expect(bearer(`ada:${guess}`)).rejects.toMatchObject(WRONG);
    checks.mockClear();
    const startedMs = performance.now();
    const guesses = Array.from({ length: 20 }, (_, i) => bearer(`ada:guess ${i}`));
    const outcomes = await Promise.allSettled(guesses);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(checks).toHaveBeenCalledTimes(3);
    expect(performance.now() - startedMs).toBeGreaterThan(80);
    expect(await bearer(RIGHT, '10.0.0.2')).toMatchObject({ user: 'ada' });
    expect(await bearer(RIGHT)).toMatchObject({ user: 'ada' });
  });
});
