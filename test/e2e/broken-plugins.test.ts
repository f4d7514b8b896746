import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const TEST_MS_MAX = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'braid-broken-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A routing plugin with one thing wrong. */
const plugin = (changes: string) => `export default {
  api: 1, kind: 'routing', name: 'mine',
  options: { type: 'object', properties: { size: { type: 'integer', default: 7, maximum: 10 } } },
  async open() { return { name: 'mine', place: () => new Map(), explain: () => ({}), async [Symbol.asyncDispose]() {} } },
  ${changes}
};`;

const KEEPS_THE_PROCESS = 'setInterval(() => {}, 1000);';

const BROKEN: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'the wrong kind',
    plugin("kind: 'cache'"),
    '{}',
    /^braid: "\.\/plugin\.mjs" is not a routing plugin: its kind is "cache"$/,
  ],
  ['another api', plugin('api: 2'), '{}', /is not a routing plugin: it has api version 2, this server speaks 1$/],
  ['no plugin', 'export const nothing = 1;', '{}', /is not a routing plugin: its module has no default export/],
  ['a bad option', plugin(''), '{size: 11}', /^braid: routing\.with\.size is 11: must be a whole number, at most 10$/],
  [
    'an unknown option',
    plugin(''),
    '{siez: 1}',
    /^braid: routing\.with\.siez is not a setting \(did you mean "size"\?/,
  ],
  [
    'throws on open',
    plugin(`async open() { ${KEEPS_THE_PROCESS} throw new Error('no route\\n  to host') }`),
    '{}',
    /^braid: routing plugin "mine" did not open: no route to host$/,
  ],
  ['opens nothing', plugin('async open() {}'), '{}', /routing plugin "mine" did not open: open gave undefined/],
  [
    'throws at import',
    `${KEEPS_THE_PROCESS} throw new Error('no licence\\nfound');`,
    '{}',
    /^braid: routing plugin "\.\/plugin\.mjs" could not be loaded: no licence found$/,
  ],
  ['cannot be parsed', 'export default {', '{}', /^braid: routing plugin "\.\/plugin\.mjs" could not be loaded: /],
  ['imports what is not there', "import 'nowhere';", '{}', /could not be loaded: Cannot find package 'nowhere'/],
  [
    'hangs on open',
    plugin(`open() { ${KEEPS_THE_PROCESS} return new Promise(() => {}) }`),
    '{}',
    /^braid: routing plugin "\.\/plugin\.mjs" did not open within 5000 ms$/,
  ],
  [
    'hangs at import',
    'await new Promise(() => {});',
    '{}',
    /^braid: routing plugin "\.\/plugin\.mjs" did not open within/,
  ],
];

test.each(BROKEN)(
  'a plugin that is broken (%s) stops the start with one line',
  async (what, source, options, line) => {
    writeFileSync(join(folder, 'plugin.mjs'), source);
    const limit = what.startsWith('hangs') ? { BRAID_PLUGIN_OPEN_MS: '5000' } : {};
    const settings = { BRAID_ROUTING_USE: './plugin.mjs', BRAID_ROUTING_WITH: options, ...limit };
    const ports = { BRAID_ROUTER_PORT: '0', BRAID_NODE_PORT: '0', BRAID_MANAGEMENT_PORT: '0' };
    const child = spawn(process.execPath, [join(HOME, 'cli/braid.mjs'), 'start'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...settings, ...ports },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: TEST_MS_MAX / 2,
    });
    let errors = '';
    child.stderr.on('data', (bytes) => (errors += bytes));
    const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(errors.trimEnd()).toMatch(line);
    expect(errors.trimEnd()).not.toContain('\n');
    expect(exitCode).toBe(1);
  },
  TEST_MS_MAX,
);
