import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

const SERVER = '/usr/bin/redis-server';
const START_TIMEOUT_MS = 20_000;

/** Why no server can be started here; undefined if one can. */
export function missingRedis(): string | undefined {
  return existsSync(SERVER) ? undefined : `${SERVER} not found (Debian: apt-get install redis-server)`;
}

/** A Redis of our own on a free port of 127.0.0.1, keeping nothing on disk. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #arguments: string[];
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, args: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.#arguments = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...args];
  }

  /** `extraArguments`: settings as on the command line. */
  static async start(extraArguments: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-redis-'));
    const args = ['--save', '', '--appendonly', 'no', ...extraArguments];
    const server = new RedisServer(folder, await freePort(), args);
    await server.startAgain();
    return server;
  }

  /** A sentinel that knows one master, by the name of `braids`. */
  static async startSentinel(masterPort: number): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-sentinel-'));
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, `sentinel monitor braids 127.0.0.1 ${masterPort} 1\n`);
    const server = new RedisServer(folder, await freePort(), ['--sentinel']);
    server.#arguments.unshift(file);
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** After a kill: empty, on the same port. */
  async startAgain(): Promise<void> {
    this.#process = spawn(SERVER, this.#arguments, { stdio: 'ignore' });
    process.on('exit', this.#killLeftover);
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      if (await this.command('PING').catch(() => undefined)) return;
      if (this.#process.exitCode !== null || performance.now() > deadline) throw new Error('redis did not start');
      await sleep(20);
    }
  }

  /** One command on a connection of its own. */
  async command(name: string, ...args: (string | Buffer)[]): Promise<unknown> {
    const client = new Redis(this.port, '127.0.0.1', {
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process!.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    process.off('exit', this.#killLeftover);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** For a run of tests that ends before its time: the server must not outlive it. */
  readonly #killLeftover = () => {
    this.#process?.kill('SIGKILL');
  };
}
