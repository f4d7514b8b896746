import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = '/usr/sbin/nginx';
/** A module in Debian, built in elsewhere. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';
const LISTEN = 'listen 19530;';
const START_TIMEOUT_MS = 30_000;

/** Why no nginx can be started here; undefined if one can. */
export function missingNginx(): string | undefined {
  const missing = [PROGRAM, STREAM_MODULE].filter((path) => !existsSync(path));
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} not found (Debian: apt-get install nginx-light libnginx-mod-stream)`;
}

/** An nginx with the configuration of a deployment, on a free port of 127.0.0.1 and before other servers than those that the file names. */
export class Nginx implements AsyncDisposable {
  readonly address: string;
  readonly #folder: string;
  readonly #process = new ServerProcess('nginx');

  private constructor(port: number, folder: string) {
    this.address = `127.0.0.1:${port}`;
    this.#folder = folder;
  }

  /** `servers`: what stands in the file -> what is there. Throws when a text that is to be exchanged is not in the file. */
  static async start(configFile: string, servers: Readonly<Record<string, string>>): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-nginx-'));
    const port = await freePort();
    const exchanges = {
      ...servers,
      [LISTEN]: `listen 127.0.0.1:${port};`,
      '/tmp/nginx.pid': join(folder, 'nginx.pid'),
    };
    let config = await readFile(configFile, 'utf8');
    for (const [text, instead] of Object.entries(exchanges)) {
      if (!config.includes(text)) throw new Error(`${configFile} has no "${text}"`);
      config = config.replaceAll(text, instead);
    }
    const path = join(folder, 'nginx.conf');
    await writeFile(path, config);
    const globals = `load_module ${STREAM_MODULE}; daemon off;`;
    const log = join(folder, 'error.log');
    const nginx = new Nginx(port, folder);
    await nginx.#process.start(PROGRAM, ['-p', folder, '-e', log, '-c', path, '-g', globals], {
      isReady: () => isListening(port),
      timeoutMs: START_TIMEOUT_MS,
      explanation: () => readFile(log, 'utf8'),
    });
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
