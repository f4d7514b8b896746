import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const COMMAND_TIMEOUT_MS = 60_000;

export interface CommandRun {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs `braid` in an empty folder of its own, with no variables but those given. */
export class CommandRunner implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'braid-command-'));

  async run(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<CommandRun> {
    const child = spawn(process.execPath, [join(HOME, 'cli/braid.mjs'), ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMMAND_TIMEOUT_MS,
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (errors += bytes));
    const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { exitCode, output, errors };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
