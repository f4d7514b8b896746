/**
 * What `npm start`, `npm test`, `npm run demo` and `npm run bench` run: installs what is missing, builds the addon and the console, then hands over to Node 24 from the
 * `node` package. Plain JavaScript for any Node from 20 on, because on a fresh machine nothing else is there yet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../cli/node-flags.mjs';
import { buildConsole } from './build-console.mjs';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(home, 'node_modules', '.bin', 'node');
const stamp = join(home, 'node_modules', '.installed-lockfile');

const COMMANDS = {
  start: ['cli/braid.mjs', 'start'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  demo: ['examples/debian-packages/demo.ts'],
  bench: ['bench/bench.ts'],
  build: undefined,
};

const [command, ...rest] = process.argv.slice(2);
if (!(command in COMMANDS)) {
  console.error(`usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [arguments]`);
  process.exit(2);
}

install();
build();
if (COMMANDS[command]) run([...COMMANDS[command], ...rest]);

/** `npm ci`, unless the installed packages are those of this lockfile. */
function install() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(home, 'package-lock.json')))
    .digest('hex');
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  console.error('installing packages (npm ci) ...');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: home,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) fail('npm ci failed: see above. It needs the npm registry and nothing else.');
  writeFileSync(stamp, lockfile);
}

/** Compiles the addon and bundles the console when their sources changed. A server runs without a console, too. */
function build() {
  const result = spawnSync(node, [join(home, 'native', 'build.mjs')], { cwd: home, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) fail('the addon could not be built: see above.');
  if (buildConsole(node)) return;
  const message = 'the console could not be built: see above.';
  if (command === 'start') console.error(message);
  else fail(message);
}

/** Runs in place of this process: signals go through, the exit code comes back. */
function run(args) {
  const child = spawn(node, [...NODE_FLAGS, ...args], { cwd: home, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
