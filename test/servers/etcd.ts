import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

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
  readonly #process = new ServerProcess('etcd');

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
    await this.#process.start(
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
      { isReady: () => this.#isHealthy(), timeoutMs: START_TIMEOUT_MS },
    );
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  /** After `kill`: everything it knew is lost. */
  async forgetAll(): Promise<void> {
    await rm(join(this.#folder, 'data'), { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

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
