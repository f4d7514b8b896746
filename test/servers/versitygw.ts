import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

/** Where install-versitygw.sh puts it. */
const PROGRAM = join(homedir(), '.cache/braid-tests/versitygw-v1.8.0/versitygw');
const START_TIMEOUT_MS = 30_000;

/** Why no server can be started here; undefined if one can. */
export function missingVersityGateway(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `${PROGRAM} not found (bash test/servers/install-versitygw.sh builds it)`;
}

/** A Versity S3 Gateway over a temporary folder, on a free port of 127.0.0.1: an S3 server that honours conditional writes. */
export class VersityGateway implements AsyncDisposable {
  readonly port: number;
  readonly accessKeyId = 'test-key';
  readonly secretAccessKey = 'test-secret';
  readonly #folder: string;
  readonly #process = new ServerProcess('the S3 gateway');

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<VersityGateway> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-s3-'));
    const server = new VersityGateway(await freePort(), folder);
    for (const name of ['buckets', 'attributes']) await mkdir(join(folder, name));
    await server.startAgain();
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The options of a plugin that uses a bucket of it. */
  options(bucket: string): Record<string, unknown> {
    const { endpoint, accessKeyId, secretAccessKey } = this;
    return { endpoint, bucket, forcePathStyle: true, accessKeyId, secretAccessKey };
  }

  /** The gateway takes folders for buckets. Gives the folder, where its objects lie as files. */
  async createBucket(name: string): Promise<string> {
    const folder = join(this.#folder, 'buckets', name);
    await mkdir(folder);
    return folder;
  }

  /**
   * An object whose key ends with a slash, as consoles of S3 make it for a folder. The gateway would otherwise remove a folder with its last object, and a put beside it
   * then fails (S3 itself has no folders).
   */
  async createFolder(bucket: string, key: string): Promise<void> {
    const { endpoint, accessKeyId, secretAccessKey } = this;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3({ endpoint, credentials, forcePathStyle: true, region: 'us-east-1' });
    await client.putObject({ Bucket: bucket, Key: key, Body: new Uint8Array(0) });
    client.destroy();
  }

  /** After `kill`: on the same port, with the objects it had. */
  async startAgain(): Promise<void> {
    const fixed = ['--port', `127.0.0.1:${this.port}`, '--access', this.accessKeyId, '--secret', this.secretAccessKey];
    const folders = ['posix', '--sidecar', join(this.#folder, 'attributes'), join(this.#folder, 'buckets')];
    await this.#process.start(PROGRAM, [...fixed, '--quiet', ...folders], {
      isReady: () => this.#answers(),
      timeoutMs: START_TIMEOUT_MS,
    });
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    await (await fetch(this.endpoint)).body?.cancel();
    return true;
  }
}
