import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const PROGRAM = fileURLToPath(new URL('../../node_modules/s3rver/bin/s3rver.js', import.meta.url));
const START_TIMEOUT_MS = 30_000;

/** s3rver (npm): an S3 server of the time before conditional writes. It takes `If-None-Match` and replaces the object. */
export class S3rver implements AsyncDisposable {
  readonly options: Record<string, unknown>;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, options: Record<string, unknown>) {
    this.#process = child;
    this.#folder = folder;
    this.options = options;
  }

  static async start(bucket: string): Promise<S3rver> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-s3rver-'));
    const port = await freePort();
    const args = ['-d', folder, '-a', '127.0.0.1', '-p', String(port), '-s', '--configure-bucket', bucket];
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'ignore' });
    const endpoint = `http://127.0.0.1:${port}`;
    const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
    const server = new S3rver(child, folder, { endpoint, bucket, forcePathStyle: true, ...keys });
    const endMs = performance.now() + START_TIMEOUT_MS;
    while (!(await fetch(endpoint).catch(() => undefined))) {
      if (performance.now() > endMs || child.exitCode !== null) {
        await server[Symbol.asyncDispose]();
        throw new Error('s3rver did not start');
      }
      await sleep(50);
    }
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
