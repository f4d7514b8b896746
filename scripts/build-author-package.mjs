/**
 * Builds what authors of plugins import, `braid/plugin` and `braid/contracts`, as JavaScript with types in `dist/`: Node strips no types from files below node_modules. `npm install` of Braid's
 * own folder runs it (prepare) and uses the result through package.json's exports; with `--pack <folder>` the same files become a small package of their own there, named braid, too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(home, 'dist');
const compiler = join(home, 'node_modules', 'typescript', 'bin', 'tsc');
const [option, folder] = process.argv.slice(2);

if (!existsSync(compiler)) {
  console.error('braid/plugin is not built: typescript is not installed (npm ci without --omit=dev)');
  process.exit(option === '--pack' ? 1 : 0);
}

rmSync(dist, { recursive: true, force: true });
run(process.execPath, [compiler, '-p', join(home, 'tsconfig.authors.json')]);
if (option === '--pack') {
  writeFileSync(join(dist, 'package.json'), JSON.stringify(authorManifest(), undefined, 2));
  run('npm', ['pack', '--silent', '--pack-destination', folder, dist]);
}

/** Of the packages that Braid needs only those that the built files import. */
function authorManifest() {
  const { name, version, description, engines, exports, dependencies, devDependencies } = JSON.parse(
    readFileSync(join(home, 'package.json'), 'utf8'),
  );
  const imported = readdirSync(dist, { recursive: true }).flatMap((file) => {
    if (!/\.(js|d\.ts)$/.test(file)) return [];
    const text = readFileSync(join(dist, file), 'utf8');
    return [...text.matchAll(/\bfrom ['"]([^'".]+)['"]/g)].map((match) => match[1]);
  });
  const isNeeded = ([name]) =>
    name !== 'vitest' && imported.some((target) => target === name || target.startsWith(`${name}/`));
  return {
    name,
    version,
    description: `For authors of plugins. ${description}`,
    type: 'module',
    engines,
    exports: JSON.parse(JSON.stringify(exports).replaceAll('./dist/', './')),
    dependencies: Object.fromEntries(Object.entries({ ...dependencies, ...devDependencies }).filter(isNeeded)),
    peerDependencies: { vitest: devDependencies.vitest },
    peerDependenciesMeta: { vitest: { optional: true } },
  };
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: home,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
