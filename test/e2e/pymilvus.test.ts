import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';

const PYTHON = join(
  process.env['PYMILVUS_HOME'] ?? join(homedir(), '.cache/braid-tests/pymilvus-2.6.17'),
  'bin/python',
);
const SCRIPT = fileURLToPath(new URL('pymilvus_first_light.py', import.meta.url));
const SCRIPT_TIMEOUT_MS = 90_000;

const mayRun = mayRunWith(
  'pymilvus',
  existsSync(PYTHON) ? undefined : `there is no ${PYTHON}; test/servers/install-pymilvus.sh makes it`,
);

describe.runIf(mayRun).each(DEPLOYMENTS)('pymilvus, $name', ({ start }) => {
  let braid: Deployment;

  beforeAll(async () => {
    braid = await start();
  }, 120_000);

  afterAll(async () => {
    await braid?.[Symbol.asyncDispose]();
  });

  test('first light', async () => {
    const script = spawn(PYTHON, [SCRIPT, `http://${braid.address}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: SCRIPT_TIMEOUT_MS,
    });
    const exited = new Promise((resolve, reject) => {
      script.once('exit', (code, signal) => resolve(code ?? signal));
      script.once('error', reject);
    });
    const [output, errors, status] = await Promise.all([text(script.stdout), text(script.stderr), exited]);
    expect(status, errors).toBe(0);
    expect(output.trim(), errors).toBe('ok');
  }, 120_000);
});
