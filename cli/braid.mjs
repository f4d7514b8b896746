#!/usr/bin/env node
/** The `braid` command for any Node: hands over to the Node of the `node` package where the running one cannot run TypeScript. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const here = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  await import('./braid.ts');
} else {
  const node = join(here, '..', 'node_modules', '.bin', 'node');
  const result = spawnSync(
    node,
    ['--disable-warning=ExperimentalWarning', join(here, 'braid.ts'), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = result.status ?? 1;
}
