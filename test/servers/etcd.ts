import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';

const SERVER = '/usr/bin/etcd';
const START_TIMEOUT_MS = 30_000;

/** Why no server can be started here; undefined if one can. */
export function missingEtcd(): string | undefined {
  return existsSync(SERVER) ? undefined : `${SERVER} not found (Debian: apt-get install etcd-server)`;
}

/** One etcd server on free ports of 127.0.0.1, with its data in a temporary folder. */
export class Etcd implements AsyncDisposable {
  readonly port: number;
  readonly #peerPort: number;
  readonly #folder: string;
  readonly #certificates: Certificates | undefined;
  #process: ChildProcess | undefined;

  private constructor(ports: readonly [number, number], folder: string, certificates?: Certificates) {
    [this.port, this.#peerPort] = ports;
    this.#folder = folder;
    this.#certificates = certificates;
  }

  /** With certificates it speaks TLS and wants a client certificate of the same authority. */
  static async start(certificates?: Certificates): Promise<Etcd> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-etcd-'));
    const server = new Etcd([await freePort(), await freePort()], folder, certificates);
    await server.startAgain();
    return server;
  }

  /** host:port of its clients. */
  get endpoint(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** After `kill`: on the same port, with the data it had. */
  async startAgain(): Promise<void> {
    const scheme = this.#certificates ? 'https' : 'http';
    const client = `${scheme}://127.0.0.1:${this.port}`;
    const peer = `http://127.0.0.1:${this.#peerPort}`;
    const { caFile, certFile, keyFile } = this.#certificates ?? {};
    const child = spawn(
      SERVER,
      [
        ...['--name', 'test', '--data-dir', join(this.#folder, 'data'), '--log-level', 'error'],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `test=${peer}`],
        // Tests are about the connection, not about disks.
        '--unsafe-no-fsync',
        ...(this.#certificates
          ? ['--cert-file', certFile!, '--key-file', keyFile!, '--trusted-ca-file', caFile!, '--client-cert-auth']
          : []),
      ],
      { stdio: 'ignore' },
    );
    this.#process = child;
    process.on('exit', this.#killLeftover);
    const endMs = performance.now() + START_TIMEOUT_MS;
    while (!(await this.#isHealthy())) {
      if (performance.now() > endMs || child.exitCode !== null) {
        await this.kill();
        throw new Error('etcd did not start');
      }
      await sleep(50);
    }
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    process.off('exit', this.#killLeftover);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** After `kill`: everything it knew is lost. */
  async forgetAll(): Promise<void> {
    await rm(join(this.#folder, 'data'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  readonly #killLeftover = (): void => {
    this.#process?.kill('SIGKILL');
  };

  async #isHealthy(): Promise<boolean> {
    const tls = this.#certificates;
    const url = `${tls ? 'https' : 'http'}://127.0.0.1:${this.port}/health`;
    const certificates = tls ? ['--cacert', tls.caFile, '--cert', tls.certFile, '--key', tls.keyFile] : [];
    return promisify(execFile)('/usr/bin/curl', ['-sf', '--max-time', '2', ...certificates, url]).then(
      ({ stdout }) => stdout.includes('"true"'),
      () => false,
    );
  }
}
