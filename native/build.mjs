/**
 * Compiles the addon: `native/build/braid_native.node`. Plain JavaScript for Node 20 and later, because it runs before anything else is there. It needs a C++17
 * compiler and what npm has installed; nothing is downloaded. Sources that have not changed since the last build are not compiled again.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesFingerprint } from './sources-fingerprint.mjs';

const home = dirname(fileURLToPath(import.meta.url));
const sources = join(home, 'src');
const output = join(home, 'build');
const addon = join(output, 'braid_native.node');
const stamp = join(output, 'inputs.sha256');
const require = createRequire(import.meta.url);

const packages = ['usearch', 'node-addon-api', 'node-api-headers'].map(folderOf);
const includes = [join(packages[0], 'include'), packages[1], join(packages[2], 'include')];
const flags = [
  '-std=c++17',
  '-O3',
  // The walk compares with infinities and NaNs, so only what keeps their meaning.
  '-fno-math-errno',
  '-fno-trapping-math',
  '-fPIC',
  '-fexceptions',
  '-fvisibility=hidden',
  '-Wall',
  // GCC 12 takes the undefined registers of its own AVX-512 headers for mistakes (https://gcc.gnu.org/PR105593).
  '-Wno-uninitialized',
  '-Wno-maybe-uninitialized',
  '-DNAPI_VERSION=8',
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_ADDON_API_DISABLE_DEPRECATED',
  '-DUSEARCH_USE_OPENMP=0',
  '-DUSEARCH_USE_NUMKONG=0',
  `-DBRAID_SOURCES="${sourcesFingerprint(sources)}"`,
  // Other people's headers: their warnings are not ours to mend.
  ...includes.flatMap((folder) => ['-isystem', folder]),
];
const linkFlags = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-pthread'];

const compiler = findCompiler();
const files = readdirSync(sources).sort();
const inputs = fingerprint();
if (!existsSync(addon) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) await build();

async function build() {
  const started = Date.now();
  process.stdout.write(`building the addon with ${compiler} ... `);
  mkdirSync(output, { recursive: true });
  const queue = files.filter((file) => file.endsWith('.cc'));
  const objects = queue.map((file) => join(output, `${file}.o`));
  const lane = async () => {
    for (let file = queue.pop(); file; file = queue.pop()) {
      await run(['-c', ...flags, '-o', join(output, `${file}.o`), join(sources, file)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  const fresh = `${addon}.new`;
  await run(['-shared', ...linkFlags, '-o', fresh, ...objects]);
  renameSync(fresh, addon);
  writeFileSync(stamp, inputs);
  process.stdout.write(`done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(compiler, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('close', (code) =>
      code === 0 ? resolve() : fail(`\n${compiler} ${args.join(' ')}\nended with code ${code}`),
    );
  });
}

/** $CXX, else the first that answers. */
function findCompiler() {
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const found = names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  return (
    found ??
    fail(
      `no C++ compiler (${names.join(', ')}): install one, for instance apt-get install g++, or xcode-select --install`,
    )
  );
}

/** Of everything that the result depends on: the sources are among the flags. */
function fingerprint() {
  const hash = createHash('sha256');
  const version = spawnSync(compiler, ['--version'], { encoding: 'utf8' }).stdout;
  for (const folder of packages) hash.update(readFileSync(join(folder, 'package.json')));
  return hash.update(JSON.stringify([flags, linkFlags, version, process.platform, process.arch])).digest('hex');
}

/** Where a package lies; not every package lets its package.json be resolved. */
function folderOf(name) {
  const base = require.resolve.paths(name).find((folder) => existsSync(join(folder, name, 'package.json')));
  return base ? join(base, name) : fail(`the package ${name} is not installed: run npm ci`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
