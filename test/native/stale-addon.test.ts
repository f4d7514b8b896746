import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'braid-stale-addon-'));
  cpSync('native', folder, { recursive: true, filter: (path) => !path.endsWith('.o') });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a process of its own says that loads the copied addon twice. */
function load(): string {
  const program = `import { loadAddon } from './addon.ts';
    for (const _ of [1, 2]) try { console.log(typeof loadAddon().create); } catch (error) { console.log(error.message); }`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
}

test('an addon that was built from other sources is refused with what to do, every time', () => {
  expect(load()).toBe('function\nfunction\n');
  appendFileSync(join(folder, 'src', 'addon.cc'), '// changed after the build\n');
  const refusal = /^the addon was built from other sources than those in .*: run npm run build$/gm;
  expect(load().match(refusal)).toHaveLength(2);
  rmSync(join(folder, 'src'), { recursive: true });
  expect(load()).toBe('function\nfunction\n');
});
