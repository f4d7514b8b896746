import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const PYTHON = join(
  process.env['PYMILVUS_HOME'] ?? join(homedir(), '.cache/braid-tests/pymilvus-2.6.17'),
  'bin/python',
);

/** Why no script with pymilvus can be run here; undefined if one can. */
export function missingPymilvus(): string | undefined {
  return existsSync(PYTHON) ? undefined : `there is no ${PYTHON}; test/servers/install-pymilvus.sh makes it`;
}

/** Runs a script with pymilvus at hand; resolves with what it printed. Throws with its errors when it does not end well. */
export function runPython(script: string, args: readonly string[], python = PYTHON): Promise<string> {
  return runProgram(python, [script, ...args], { PYTHONDONTWRITEBYTECODE: '1' });
}
