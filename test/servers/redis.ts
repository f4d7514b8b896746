import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

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
  readonly #process = new ServerProcess('Redis');

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
    await this.#process.start(SERVER, this.#arguments, {
      isReady: async () => (await this.command('PING')) !== undefined,
      timeoutMs: START_TIMEOUT_MS,
    });
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
    this.#process.signal(name);
  }

  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
