import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const JAVA = '/usr/bin/java';
/** The manifest of the first names all that the server needs; the second silences its log. */
const CLASS_PATH = ['/usr/share/java/zookeeper.jar', '/usr/share/java/slf4j-nop.jar'];
const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 500;

/** Why no server can be started here; undefined if one can. */
export function missingZooKeeper(): string | undefined {
  const missing = [JAVA, ...CLASS_PATH].filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not found (Debian: apt-get install zookeeper)`;
}

/** A ZooKeeper of our own on a free port of 127.0.0.1, with its data in a temporary folder. Sessions may be as short as 1 s. */
export class ZooKeeper implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #process = new ServerProcess('ZooKeeper');

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  static async start(): Promise<ZooKeeper> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-zookeeper-'));
    const server = new ZooKeeper(folder, await freePort());
    const settings = [
      'tickTime=250',
      `dataDir=${join(folder, 'data')}`,
      `clientPort=${server.port}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      'maxSessionTimeout=60000',
      'maxClientCnxns=0',
      '4lw.commands.whitelist=srvr',
    ];
    await writeFile(join(folder, 'zoo.cfg'), `${settings.join('\n')}\n`);
    await server.startAgain();
    return server;
  }

  /** host:port */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** After a kill: on the same port, with the same data or with none. */
  async startAgain({ empty = false } = {}): Promise<void> {
    const data = join(this.#folder, 'data');
    if (empty) await rm(data, { recursive: true, force: true });
    await mkdir(data, { recursive: true });
    const options = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dzookeeper.preAllocSize=64'];
    const main = 'org.apache.zookeeper.server.ZooKeeperServerMain';
    const args = [...options, '-cp', CLASS_PATH.join(':'), main, join(this.#folder, 'zoo.cfg')];
    await this.#process.start(JAVA, args, {
      isReady: async () => (await this.#srvr()).includes('Mode:'),
      timeoutMs: START_TIMEOUT_MS,
      explanation: () => readFile(join(this.#folder, 'zoo.cfg'), 'utf8'),
    });
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  /** The server says nothing any more, but its connections stay. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The server's answer to the command of four letters; empty when there is none. */
  async #srvr(): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    // A server that is not quite there may take the connection and forget it.
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
    try {
      await once(socket, 'connect');
      socket.write('srvr');
      return await text(socket);
    } catch {
      return '';
    } finally {
      socket.destroy();
    }
  }
}
