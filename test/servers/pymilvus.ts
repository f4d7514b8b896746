import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const PYTHON = join(
  process.env['PYMILVUS_HOME'] ?? join(homedir(), '.cache/braid-tests/pymilvus-2.6.17'),
  'bin/python',
);
const SCRIPT_TIMEOUT_MS = 120_000;

/** Why no script with pymilvus can be run here; undefined if one can. */
export function missingPymilvus(): string | undefined {
  return existsSync(PYTHON) ? undefined : `there is no ${PYTHON}; test/servers/install-pymilvus.sh makes it`;
}

/** Runs a script with pymilvus at hand; resolves with what it printed. Throws with its errors when it does not end well. */
export async function runPython(script: string, args: readonly string[], python = PYTHON): Promise<string> {
  const child = spawn(python, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: SCRIPT_TIMEOUT_MS,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const exited = new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
    child.once('error', reject);
  });
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${errors}${output}`);
  return output;
}
