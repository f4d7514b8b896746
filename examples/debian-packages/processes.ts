import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

export interface BraidProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Of the management port. */
  readonly managementPort: number;
}

/** Braid processes of this demo or benchmark, in a folder of their own; all are stopped and the folder removed at the end. */
export class Processes implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'braid-'));
  readonly #running: BraidProcess[] = [];

  get running(): readonly BraidProcess[] {
    return this.#running;
  }

  /** Starts `braid start --role ROLE` with these settings and waits until it says it is healthy. Its log goes to `<name>.log`. */
  async start(name: string, role: string, settings: object): Promise<BraidProcess> {
    const managementPort = await freePort();
    const configFile = join(this.folder, `${name}.yaml`);
    writeFileSync(configFile, stringify({ ...settings, management: { port: managementPort } }));
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(HOME, 'cli/braid.ts'),
        'start',
        '--role',
        role,
        '--config',
        configFile,
      ],
      {
        stdio: ['ignore', log, log],
      },
    );
    const started: BraidProcess = { name, child, managementPort };
    this.#running.push(started);
    await this.#healthy(started);
    return started;
  }

  async #healthy({ name, child, managementPort }: BraidProcess): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null) break;
      const answer = await fetch(`http://127.0.0.1:${managementPort}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(50);
    }
    throw new Error(`${name} did not start, see ${join(this.folder, `${name}.log`)}`);
  }

  /** No warning, no chance to clean up: as a crash or a power cut would. */
  kill(process: BraidProcess): void {
    process.child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map(stop));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function stop({ child }: BraidProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
