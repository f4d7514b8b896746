import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const SERVER = '/usr/sbin/mariadbd';
const INSTALLER = '/usr/bin/mariadb-install-db';
const START_TIMEOUT_MS = 30_000;

/** Why no server can be started here; undefined if one can. */
export function missingMariadb(): string | undefined {
  const missing = [SERVER, INSTALLER].filter((path) => !existsSync(path));
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} not found (Debian: apt-get install mariadb-server)`;
}

/** A server of our own, with its data in a temporary folder, as the current user, on a free port of 127.0.0.1. */
export class Mariadb implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** May do everything. */
  readonly user = 'tester';
  readonly password = 'a "secret" \'password\' \\ ü';
  readonly #folder: string;
  readonly #extraArguments: readonly string[];
  readonly #process = new ServerProcess('MariaDB');

  private constructor(folder: string, port: number, extraArguments: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.#extraArguments = extraArguments;
  }

  static async start(extraArguments: readonly string[] = []): Promise<Mariadb> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-mariadb-'));
    await mkdir(join(folder, 'tmp'));
    const server = new Mariadb(folder, await freePort(), extraArguments);
    await promisify(execFile)(INSTALLER, [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--user=${userInfo().username}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]);
    await writeFile(
      join(folder, 'init.sql'),
      `CREATE USER IF NOT EXISTS ${server.user}@'%' IDENTIFIED BY ${quote(server.password)};\n` +
        `GRANT ALL ON *.* TO ${server.user}@'%' WITH GRANT OPTION;\n`,
    );
    await server.startAgain();
    return server;
  }

  /** After a stop or a kill: the same data on the same port. */
  async startAgain(): Promise<void> {
    await this.#process.start(
      SERVER,
      [
        '--no-defaults',
        `--user=${userInfo().username}`,
        `--datadir=${join(this.#folder, 'data')}`,
        // A server that starts removes the temporary tables it finds: those of others, too, were the folder shared.
        `--tmpdir=${join(this.#folder, 'tmp')}`,
        `--socket=${join(this.#folder, 'socket')}`,
        `--pid-file=${join(this.#folder, 'pid')}`,
        `--log-error=${join(this.#folder, 'error.log')}`,
        `--init-file=${join(this.#folder, 'init.sql')}`,
        '--bind-address=127.0.0.1',
        `--port=${this.port}`,
        '--skip-name-resolve',
        '--character-set-server=utf8mb4',
        // Survives the death of the process, not of the machine; four times as fast to create tables with.
        '--innodb-flush-log-at-trx-commit=2',
        '--sync-frm=0',
        '--innodb-doublewrite=0',
        '--innodb-file-per-table=0',
        '--innodb-buffer-pool-size=32M',
        '--innodb-log-file-size=16M',
        '--general-log=0',
        `--general-log-file=${this.generalLogPath}`,
        ...this.#extraArguments,
      ],
      {
        isReady: async () => (await this.query('select 1')).length === 1,
        timeoutMs: START_TIMEOUT_MS,
        explanation: async () => (await readFile(join(this.#folder, 'error.log'), 'utf8')).slice(-2_000),
      },
    );
  }

  get generalLogPath(): string {
    return join(this.#folder, 'general.log');
  }

  /** Runs statements over one connection of the tester. */
  async query(...statements: readonly string[]): Promise<RowDataPacket[]> {
    const connection = await this.connect();
    try {
      let rows: RowDataPacket[] = [];
      for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement);
      return rows;
    } finally {
      connection.destroy();
    }
  }

  connect(database?: string): Promise<Connection> {
    const { host, port, user, password } = this;
    return createConnection({ host, port, user, password, ...(database !== undefined && { database }) });
  }

  /** SIGKILL, as when the machine loses power; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  /** An orderly shutdown. */
  async stop(): Promise<void> {
    await this.#process.end('SIGTERM');
  }

  /** The server says nothing any more, but its connections stay. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
