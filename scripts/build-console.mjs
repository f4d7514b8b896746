/** Builds the console into console/dist when its sources changed. Plain JavaScript for any Node from 20 on. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const room = join(home, 'console');
const stamp = join(room, 'dist', '.sources');

/** False when it could not be built: what is wrong was printed. `node` is the program that runs vite. */
export function buildConsole(node) {
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return true;
  const vite = join(home, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--config', join(room, 'vite.config.ts')];
  const result = spawnSync(node, args, { cwd: home, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) return false;
  writeFileSync(stamp, sources);
  return true;
}

/** Of the room's files and of the lockfile, which says what goes into the bundle. */
function hashOfSources() {
  const sources = readdirSync(join(room, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const others = ['index.html', 'vite.config.ts', 'tsconfig.json'].map((name) => join(room, name));
  const hash = createHash('sha256');
  for (const path of [...sources, ...others, join(home, 'package-lock.json')])
    hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}
