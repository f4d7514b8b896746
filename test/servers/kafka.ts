import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

/** Where install-kafka.sh puts it. */
const JARS = join(homedir(), '.cache/braid-tests/kafka-4.1.1');
const JAVA = '/usr/bin/java';
const START_TIMEOUT_MS = 60_000;
/** Small, and quick to start rather than fast. */
const JAVA_OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(JARS, '*')];

/** Why no broker can be started here; undefined if one can. */
export function missingKafka(): string | undefined {
  if (!existsSync(JAVA)) return `${JAVA} not found (Debian: apt-get install default-jre-headless)`;
  return existsSync(JARS) ? undefined : `${JARS} not found (bash test/servers/install-kafka.sh fetches it)`;
}

export interface KafkaSettings {
  /** Lines of server.properties that stand over ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** What clients speak: PLAINTEXT by default. */
  readonly protocol?: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** Scram users that are made when the storage is: name and password, for SCRAM-SHA-512. */
  readonly users?: Readonly<Record<string, string>>;
}

/** An Apache Kafka broker of our own, which is its own controller (KRaft), on free ports of 127.0.0.1. What it has written stays until it is disposed. */
export class KafkaBroker implements AsyncDisposable {
  readonly port: number;
  /** host:port of a listener without TLS and passwords, whatever clients speak. */
  readonly innerAddress: string;
  readonly #folder: string;
  readonly #process = new ServerProcess('Kafka');

  private constructor(folder: string, port: number, innerPort: number) {
    this.#folder = folder;
    this.port = port;
    this.innerAddress = `127.0.0.1:${innerPort}`;
  }

  static async start(settings: KafkaSettings = {}): Promise<KafkaBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-kafka-'));
    const broker = new KafkaBroker(folder, await freePort(), await freePort());
    try {
      await writeFile(broker.#file, broker.#properties(await freePort(), settings));
      const scram = Object.entries(settings.users ?? {}).flatMap(([name, password]) => [
        '--add-scram',
        `SCRAM-SHA-512=[name=${name},password=${password}]`,
      ]);
      const format = [
        'kafka.tools.StorageTool',
        'format',
        '-t',
        'BraidBraidBraidBraidQQ',
        '-c',
        broker.#file,
        ...scram,
      ];
      await promisify(execFile)(JAVA, [...JAVA_OPTIONS, ...format]);
      await broker.startAgain();
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** After a kill: with all it had, on the same port. */
  async startAgain(): Promise<void> {
    await this.#process.start(JAVA, [...JAVA_OPTIONS, 'kafka.Kafka', this.#file], {
      isReady: () => this.#answers(),
      timeoutMs: START_TIMEOUT_MS,
    });
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.signal(name);
  }

  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  /** An administrator's client. */
  admin(): Admin {
    return new Admin({ clientId: 'test', bootstrapBrokers: [this.innerAddress], retries: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#folder, 'server.properties');
  }

  #properties(controllerPort: number, { properties, protocol = 'PLAINTEXT' }: KafkaSettings): string {
    const all = {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'INNER',
      listeners: `CLIENT://${this.address},INNER://${this.innerAddress},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `CLIENT://${this.address},INNER://${this.innerAddress}`,
      'listener.security.protocol.map': `CLIENT:${protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
      'log.dirs': join(this.#folder, 'data'),
      'num.network.threads': '1',
      'num.io.threads': '2',
      'auto.create.topics.enable': 'false',
      // After a kill its own controller waits so long until it takes it back.
      'broker.session.timeout.ms': '2000',
      'broker.heartbeat.interval.ms': '500',
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      ...properties,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    return `${lines.join('\n')}\n`;
  }

  /** Whether it counts itself among the brokers. */
  async #answers(): Promise<boolean> {
    const admin = this.admin();
    try {
      return (await admin.metadata({})).brokers.size > 0;
    } finally {
      await admin.close();
    }
  }
}
