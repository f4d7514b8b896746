import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlugin, openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { silentHost } from './test-host.ts';

let folder: string;
let host: PluginHost;

const cachePlugin = (changes = '') => `export default {
  api: 1, kind: 'cache', name: 'mine',
  options: { type: 'object', properties: { size: { type: 'integer', default: 7, maximum: 10 } } },
  async open(options, host) { return { options, host } },
  ${changes}
};`;

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'braid-plugins-'));
  host = silentHost(folder);
  await put('mine.mjs', cachePlugin());
  await put('future.mjs', cachePlugin('api: 2,'));
  await put('routing.mjs', cachePlugin("kind: 'routing',"));
  await put('throws.mjs', cachePlugin("async open() { throw new Error('no route to host') },"));
  await put('broken.mjs', 'export default {');
  await put('empty.mjs', 'export const nothing = 1;');
  const esmOnly = {
    name: 'braid-cache-esm',
    type: 'module',
    exports: { '.': { types: './x.d.ts', import: './main.js' } },
  };
  await put('node_modules/braid-cache-esm/package.json', JSON.stringify(esmOnly));
  await put('node_modules/braid-cache-esm/main.js', cachePlugin());
  await put('node_modules/@me/cache/package.json', JSON.stringify({ name: '@me/cache', main: 'main.cjs' }));
  await put('node_modules/@me/cache/main.cjs', cachePlugin().replace('export default', 'module.exports ='));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (use: string, options?: Record<string, unknown>) =>
  openPlugin('cache', options === undefined ? { use } : { use, with: options }, host) as Promise<unknown>;

test.each(['./mine.mjs', 'braid-cache-esm', '@me/cache'])(
  '%s is found from the folder of the configuration',
  async (use) => {
    expect(await open(use)).toMatchObject({ options: { size: 7 }, host });
    expect(await open(use, { size: 9 })).toMatchObject({ options: { size: 9 } });
  },
);

test('an absolute path works too', async () => {
  expect(await open(join(folder, 'mine.mjs'))).toMatchObject({ options: { size: 7 } });
});

test('a built-in is opened by its name', async () => {
  await using cache = await openPlugin('cache', { use: 'memory' }, host);
  expect(cache.shared).toBe(false);
});

test.each([
  [
    'memroy',
    {},
    /^"memroy" is not a cache plugin \(built in: memory, redis; no package or file of that name is found from .*; did you mean "memory"\?$/,
  ],
  ['__proto__', {}, /^"__proto__" is not a cache plugin/],
  ['./future.mjs', {}, /^"\.\/future\.mjs" is not a cache plugin: it has api version 2, this server speaks 1$/],
  ['./routing.mjs', {}, /is not a cache plugin: its kind is "routing"$/],
  ['./empty.mjs', {}, /is not a cache plugin: its module has no default export/],
  ['./broken.mjs', {}, /^cache plugin "\.\/broken\.mjs" could not be loaded: /],
  ['./throws.mjs', {}, /^cache plugin "mine" did not open: no route to host$/],
  ['./mine.mjs', { size: 11 }, /^cache\.with\.size is 11: must be a whole number, at most 10$/],
  ['./mine.mjs', { siez: 1 }, /^cache\.with\.siez is not a setting \(did you mean "size"\? known: size\)$/],
])('%s with %j is refused with one clear line', async (use, options, message) => {
  const error: unknown = await open(use, options).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'BraidError', message: expect.stringMatching(message) });
  expect((error as Error).message).not.toContain('\n');
});

test('a plugin can be read without being opened', async () => {
  expect(await loadPlugin('cache', './throws.mjs', folder)).toMatchObject({ name: 'mine' });
});
