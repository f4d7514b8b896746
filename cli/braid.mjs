#!/usr/bin/env node
/**
 * The `braid` command for any Node: goes on as Node 24, that of the `node` package where the running one is older, with the flags that Braid wants. What it has compiled
 * is kept for the next start, which is half a second sooner for it.
 */
import { spawnSync } from 'node:child_process';
import * as module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from './node-flags.mjs';

const NODE_MAJOR_MIN = 24;
const here = dirname(fileURLToPath(import.meta.url));

const isNewEnough = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
const hasFlags = NODE_FLAGS.every((flag) => process.execArgv.includes(flag));

if (process.argv.includes('--no-color')) {
  process.env.NO_COLOR = '1';
  delete process.env.FORCE_COLOR;
}

if (isNewEnough && hasFlags) {
  if (process.pid === 1) endAtSignals();
  module.enableCompileCache(join(here, '..', 'node_modules', '.cache', 'braid'));
  await import('./braid.ts');
} else {
  const node = isNewEnough ? process.execPath : join(here, '..', 'node_modules', '.bin', 'node');
  const args = [...NODE_FLAGS, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  if (isNewEnough && process.platform !== 'win32') {
    // The same process goes on: signals and the exit code need no forwarding.
    process.execve(node, [node, ...args]);
  } else {
    process.exitCode = spawnSync(node, args, { stdio: 'inherit' }).status ?? 1;
  }
}

/** As process 1, that of a container, Node would ignore a signal that nobody listens to: one that comes before `braid start` is ready to drain ends it at once, as elsewhere. */
function endAtSignals() {
  for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15 })) {
    process.once(signal, () => process.exit(128 + number));
  }
}
