import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { HOME } from '../house/sources.ts';
import { freePort } from '../servers/free-port.ts';
import { mayRunWith } from '../servers/required-server.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
const LIMIT_MS = 150_000;

function missingUnshare(): string | undefined {
  const tried = spawnSync('unshare', ['--pid', '--fork', 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : `unshare --pid: ${tried.stderr ?? tried.error?.message}`;
}

/** `braid start` as process 1, as in a container: signals that a process does not listen to are not delivered to it. */
class ProcessOne implements AsyncDisposable {
  readonly #child;
  readonly exit: Promise<unknown[]>;
  log = '';

  constructor(environment: Readonly<Record<string, string>>) {
    const node = [process.execPath, join(HOME, 'cli/braid.mjs'), 'start'];
    const env = { PATH: process.env['PATH'], ...environment };
    this.#child = spawn('unshare', ['--pid', '--fork', '--kill-child', ...node], { env });
    for (const output of [this.#child.stdout, this.#child.stderr]) output.on('data', (text) => (this.log += text));
    this.exit = once(this.#child, 'exit');
  }

  /** Sends SIGTERM to Node, not to unshare. */
  async terminate(): Promise<void> {
    const pid = this.#child.pid;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    process.kill(Number(children.trim()), 'SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL');
    await this.exit;
  }
}

test.runIf(mayRunWith('unshare', missingUnshare()))(
  'process 1 ends at SIGTERM at once while it starts, and drains when it is ready',
  {
    timeout: LIMIT_MS,
  },
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'braid-process-one-'));
    const environment = {
      BRAID_DATA_FOLDER: dataFolder,
      BRAID_ROUTER_PORT: '0',
      BRAID_NODE_PORT: '0',
      BRAID_MANAGEMENT_PORT: String(await freePort()),
    };
    const health = () =>
      fetch(`http://127.0.0.1:${environment.BRAID_MANAGEMENT_PORT}/healthz`).then(
        (answer) => answer.status,
        () => 0,
      );
    {
      // Its database never answers: it waits for it, not ready.
      const unready = {
        BRAID_METADATA_USE: 'mysql',
        BRAID_METADATA_WITH_HOST: '127.0.0.1',
        BRAID_METADATA_WITH_PORT: '1',
      };
      await using starting = new ProcessOne({ ...environment, ...unready });
      await vi.waitFor(async () => expect(await health()).toBe(503), PATIENCE);
      await starting.terminate();
      expect(await starting.exit).toEqual([143, null]);
    }
    await using running = new ProcessOne(environment);
    await vi.waitFor(async () => expect(await health()).toBe(200), PATIENCE);
    await vi.waitFor(() => expect(running.log).toContain('Braid is ready'), PATIENCE);
    await running.terminate();
    expect(await running.exit).toEqual([0, null]);
    expect(running.log).toContain('"message":"stopped"');
    expect(existsSync(dataFolder)).toBe(true);
    await rm(dataFolder, { recursive: true, force: true });
  },
);
