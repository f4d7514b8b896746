import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const START_TIMEOUT_MS = 30_000;

/** An Alertmanager on a free port of 127.0.0.1, alone. */
export class Alertmanager implements AsyncDisposable {
  /** host:port. */
  readonly address: string;
  readonly #folder: string;
  readonly #process = new ServerProcess('Alertmanager');

  private constructor(folder: string, address: string) {
    this.#folder = folder;
    this.address = address;
  }

  /** `config`: the text of its configuration. */
  static async start(config: string): Promise<Alertmanager> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-alertmanager-'));
    const file = join(folder, 'alertmanager.yml');
    await writeFile(file, config);
    const manager = new Alertmanager(folder, `127.0.0.1:${await freePort()}`);
    const args = [`--config.file=${file}`, `--storage.path=${folder}/data`, `--web.listen-address=${manager.address}`];
    await manager.#process.start('/usr/bin/prometheus-alertmanager', [...args, '--cluster.listen-address='], {
      isReady: async () => (await fetch(`http://${manager.address}/-/ready`)).ok,
      timeoutMs: START_TIMEOUT_MS,
    });
    return manager;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
