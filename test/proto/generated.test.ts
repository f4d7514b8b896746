import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const fresh = mkdtempSync(join(tmpdir(), 'braid-proto-'));
afterAll(() => rmSync(fresh, { recursive: true, force: true }));

function filesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('the committed code is what the protos give (else: npm run proto)', () => {
  const buf = join(ROOT, 'node_modules/.bin/buf');
  execFileSync(buf, ['generate', 'proto', '--output', fresh], { cwd: ROOT, stdio: 'pipe' });
  const committed = filesIn(join(ROOT, 'proto/generated'));
  const generated = filesIn(join(fresh, 'proto/generated'));
  const names = new Set([...committed.keys(), ...generated.keys()]);
  expect([...names].filter((name) => committed.get(name) !== generated.get(name))).toEqual([]);
});
