import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const HEALTH_INTERVAL_MS = 50;
const LOG_TAIL_CHARACTERS = 3_000;

/** One `braid start`. The child changes when it is restarted. */
export interface BraidProcess {
  readonly name: string;
  readonly role: string;
  readonly configFile: string;
  readonly managementPort: number;
  child: ChildProcess;
}

/** Braid processes of this demo, test or benchmark, in a folder of their own; all are stopped and the folder removed at the end. */
export class Processes implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'braid-'));
  readonly #started: BraidProcess[] = [];

  get started(): readonly BraidProcess[] {
    return this.#started;
  }

  /** Starts `braid start --role ROLE` with these settings and waits until it says it is healthy. Its log goes to `<name>.log`. */
  async start(name: string, role: string, settings: object): Promise<BraidProcess> {
    const process = await this.launch(name, role, settings);
    await this.healthy(process);
    return process;
  }

  /** The same, without waiting: for a writer that stands by. */
  async launch(name: string, role: string, settings: object): Promise<BraidProcess> {
    const managementPort = await freePort();
    const configFile = join(this.folder, `${name}.yaml`);
    writeFileSync(configFile, stringify({ ...settings, management: { port: managementPort } }));
    const process = { name, role, configFile, managementPort, child: this.#spawn(name, role, configFile) };
    this.#started.push(process);
    return process;
  }

  /** No warning, no chance to clean up: as a crash would. Resolves when it is gone. */
  async kill(process: BraidProcess): Promise<void> {
    await end(process.child, 'SIGKILL');
  }

  /** Asks it to end, and resolves when it has. One that does not end in time is killed. */
  async stop(process: BraidProcess): Promise<void> {
    await end(process.child, 'SIGTERM');
  }

  /** Starts a process again that has ended, with the same settings. */
  async revive(process: BraidProcess): Promise<void> {
    process.child = this.#spawn(process.name, process.role, process.configFile);
    await this.healthy(process);
  }

  /** Ends all processes politely (SIGTERM), then starts them again in the order of their first start. */
  async restartAll(): Promise<void> {
    for (const process of [...this.#started].reverse()) await end(process.child, 'SIGTERM');
    for (const process of this.#started) await this.revive(process);
  }

  /** Waits until its management port says that it is healthy; throws with the end of its log when it is not in time. */
  async healthy({ name, child, managementPort }: BraidProcess): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline && child.exitCode === null) {
      const answer = await fetch(`http://127.0.0.1:${managementPort}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(HEALTH_INTERVAL_MS);
    }
    const log = readFileSync(this.logOf(name), 'utf8');
    throw new Error(`${name} did not start; the end of its log:\n${log.slice(-LOG_TAIL_CHARACTERS)}`);
  }

  logOf(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of [...this.#started].reverse()) await end(process.child, 'SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(name: string, role: string, configFile: string): ChildProcess {
    const log = openSync(this.logOf(name), 'a');
    const entry = join(HOME, 'cli/braid.mjs');
    const args = [entry, 'start', '--role', role, '--config', configFile];
    const child = spawn(process.execPath, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  }
}

/** Sends the signal and waits for the end; a process that ignores SIGTERM is killed. */
async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
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
