import Type from 'typebox';
import { expect, test } from 'vitest';
import { checkSettings } from '../../config/check-settings.ts';
import { durationMs, secretText, sizeBytes } from '../../config/setting-types.ts';

const schema = Type.Object({
  path: Type.Optional(Type.String({ minLength: 1 })),
  port: Type.Integer({ default: 19530, minimum: 0, maximum: 65535 }),
  waitMs: durationMs({ default: 5000, minimum: 10 }),
  bytesMax: sizeBytes({ default: 64 }),
  shared: Type.Boolean({ default: true }),
  mode: Type.Union([Type.Literal('fast'), Type.Literal('safe')], { default: 'safe' }),
  password: Type.Optional(secretText()),
  readers: Type.Array(
    Type.Union([Type.String(), Type.Object({ address: Type.String(), weight: Type.Number({ default: 1 }) })]),
    { default: [] },
  ),
  tls: Type.Object({ verify: Type.Boolean({ default: true }), ca: Type.Optional(Type.String()) }, { default: {} }),
});

const refused = (given: unknown): string => {
  try {
    checkSettings(schema, given, 'storage.with');
  } catch (error) {
    expect(error).toMatchObject({ kind: 'parameterInvalid' });
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

test('defaults are filled in, also below the first level', () => {
  expect(checkSettings(schema, undefined, 'x')).toEqual({
    port: 19530,
    waitMs: 5000,
    bytesMax: 64,
    shared: true,
    mode: 'safe',
    readers: [],
    tls: { verify: true },
  });
});

test('text becomes what the schema wants', () => {
  const settings = checkSettings(
    schema,
    {
      port: '80',
      waitMs: '1.5s',
      bytesMax: '64MB',
      shared: 'false',
      readers: 'a:1, b:2',
      tls: { verify: 'false' },
      path: '12',
    },
    'x',
  );
  expect(settings).toMatchObject({
    port: 80,
    waitMs: 1500,
    bytesMax: 64 * 2 ** 20,
    shared: false,
    readers: ['a:1', 'b:2'],
  });
  expect(settings.tls.verify).toBe(false);
  expect(settings.path).toBe('12');
  expect(checkSettings(schema, { bytesMax: '2GiB' }, 'x').bytesMax).toBe(2 ** 31);
  expect(checkSettings(schema, { readers: [{ address: 'a:1', weight: '3' }] }, 'x').readers).toEqual([
    { address: 'a:1', weight: 3 },
  ]);
});

test('what was given is not changed', () => {
  const given = Object.freeze({ port: '80', tls: Object.freeze({}) });
  expect(checkSettings(schema, given, 'x').port).toBe(80);
  expect(given).toEqual({ port: '80', tls: {} });
});

test('an empty block counts as left out', () => {
  expect(checkSettings(schema, { tls: null }, 'x').tls).toEqual({ verify: true });
});

test('a message names the setting, the value and what is allowed', () => {
  expect(refused({ port: 70000 })).toBe('storage.with.port is 70000: must be a whole number from 0 to 65535');
  expect(refused({ port: 'http' })).toBe('storage.with.port is "http": must be a whole number from 0 to 65535');
  expect(refused({ waitMs: '3 parsecs' })).toBe(
    'storage.with.waitMs is "3 parsecs": must be a whole number of milliseconds (or 250ms, 30s, 5m), at least 10',
  );
  expect(refused({ bytesMax: '3s' })).toContain('storage.with.bytesMax is "3s": must be a whole number of bytes');
  expect(refused({ mode: 'quick' })).toBe('storage.with.mode is "quick": must be one of fast, safe');
  expect(refused({ path: 12 })).toBe('storage.with.path is 12: must be text that is not empty (put it in quotes)');
  expect(refused({ path: '' })).toContain('must be text that is not empty');
  expect(refused({ tls: { verify: 3 } })).toBe('storage.with.tls.verify is 3: must be true or false');
  expect(refused({ readers: [5] })).toBe('storage.with.readers[0] is 5: must be text or a block with address, weight');
});

test('an unknown key is refused at any level, with the nearest known one', () => {
  expect(refused({ pth: 'x' })).toContain('storage.with.pth is not a setting (did you mean "path"? known: path, port,');
  expect(refused({ tls: { verfy: true } })).toContain(
    'storage.with.tls.verfy is not a setting (did you mean "verify"?',
  );
  expect(refused({ readers: [{ adress: 'a' }] })).toContain('storage.with.readers[0].adress is not a setting');
  expect(refused({ zzzzzz: 1 })).not.toContain('did you mean');
});

test('a missing setting is named', () => {
  const withRequired = Type.Object({ host: Type.String() });
  expect(() => checkSettings(withRequired, {}, 'metadata.with')).toThrow('metadata.with.host is missing: must be text');
});

test('a secret is not printed', () => {
  const message = refused({ password: 12345 });
  expect(message).toContain('storage.with.password is ****');
  expect(message).not.toContain('12345');
});

test('keys of the language are keys like any other', () => {
  expect(refused(JSON.parse('{"__proto__": {"polluted": 1}}'))).toContain('__proto__');
  expect(refused({ constructor: 1 })).toContain('storage.with.constructor is not a setting');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
