import { describe, expect, test } from 'vitest';
import { hashPassword, isPasswordHash, isPasswordOf } from '../../../core/access/password-hash.ts';
import { BUILT_IN_GROUPS, levelOfPrivilege, OBJECT_PRIVILEGES, objectTypeOf } from '../../../core/access/privileges.ts';
import { validatePassword, validateRoleName, validateUserName } from '../../../core/access/validate-access.ts';

describe('hashes of passwords', () => {
  test('know their password and no other, and show nothing of it', async () => {
    const hash = await hashPassword('Grüße 🙂');
    expect(hash).not.toContain('Gr');
    expect(isPasswordHash(hash)).toBe(true);
    expect(await isPasswordOf(hash, 'Grüße 🙂')).toBe(true);
    expect(await isPasswordOf(hash, 'Gru\u0308ße 🙂')).toBe(true);
    expect(await isPasswordOf(hash, 'Grüße')).toBe(false);
    expect(await isPasswordOf(hash, '')).toBe(false);
    expect(await hashPassword('Grüße 🙂')).not.toBe(hash);
  });

  test.each([
    '',
    'secret',
    '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy',
    'scrypt$16385$8$1$AAAA$AAAA',
    'scrypt$1048576$8$1$AAAA$AAAA',
    'scrypt$16384$0$1$AAAA$AAAA',
  ])('%s is none that can be used', async (text) => {
    expect(isPasswordHash(text)).toBe(false);
    expect(await isPasswordOf(text, 'secret')).toBe(false);
  });
});

test('every privilege of a built-in group has the level of the group and a type of object', () => {
  for (const [group, privileges] of Object.entries(BUILT_IN_GROUPS)) {
    const levels = new Set(privileges.map(levelOfPrivilege));
    expect([...levels], group).toEqual([group.replace(/ReadOnly|ReadWrite|Admin/, '')]);
    for (const privilege of privileges)
      expect(OBJECT_PRIVILEGES[objectTypeOf(privilege)], privilege).toContain(privilege);
  }
  expect(levelOfPrivilege('constructor')).toBeUndefined();
  expect(objectTypeOf('Search')).toBe('Collection');
  expect(objectTypeOf('DescribeCollection')).toBe('Global');
  expect(objectTypeOf('ClusterAdmin')).toBe('Global');
});

test.each([
  ['', 'username must be not empty'],
  ['1ada', 'the first character must be a letter, but got 1'],
  ['ada love', 'username must contain only numbers, letters, underscores, dots, and hyphens'],
  ['a'.repeat(33), 'with length 33, the length of username must be less than 32'],
])('%o is no name of a user', (name, words) => {
  expect(() => validateUserName(name)).toThrow(words);
});

test('names and passwords at their limits', () => {
  validateUserName(`a.b-c_${'9'.repeat(26)}`);
  validatePassword('123456');
  validatePassword('a'.repeat(72));
  expect(() => validatePassword('12345')).toThrow('[expected=value in range [6, 72]][actual=5]');
  expect(() => validatePassword('ä'.repeat(37))).toThrow('[actual=74]');
  expect(() => validateRoleName('')).toThrow('role name should not be empty');
  expect(() => validateRoleName('9')).toThrow('the first character of role name must be an underscore or letter');
  expect(() => validateRoleName('a-b')).toThrow('can only contain numbers, letters, and underscores');
});
