import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WriteAheadLog } from '../../../../plugins/log/log.ts';
import { readAll } from '../../../contract/log-contract.ts';
import { KafkaBroker, missingKafka } from '../../../servers/kafka.ts';
import { mayRunWith } from '../../../servers/required-server.ts';
import { openBuiltin } from '../../test-host.ts';
import { kafkaOptionsOf } from './topic-fixture.ts';

const runs = mayRunWith('Kafka', missingKafka());
const PATIENCE = { timeout: 60_000, interval: 20 };
const REQUEST_TIMEOUT_MS = 1_000;
const APPEND_INTERVAL_MS = 5;

/** Appends a record every few milliseconds, whether earlier ones are through or not; refused ones are not tried again. */
class Appending {
  readonly acknowledged: string[] = [];
  readonly refusals: string[] = [];
  readonly #log: WriteAheadLog;
  readonly #appends: Promise<void>[] = [];
  #isOver = false;
  readonly #loop: Promise<void>;

  constructor(log: WriteAheadLog) {
    this.#log = log;
    this.#loop = this.#run();
  }

  /** Resolves when every append has its outcome. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#loop;
    await Promise.all(this.#appends);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      this.#appends.push(this.#append(`record-${this.#appends.length}`));
      await sleep(APPEND_INTERVAL_MS);
    }
  }

  async #append(text: string): Promise<void> {
    try {
      const { term, sequence } = await this.#log.append(Buffer.from(text));
      this.acknowledged.push(`${term}:${sequence} ${text}`);
    } catch (error) {
      this.refusals.push((error as Error).message);
    }
  }
}

describe.runIf(runs)('a Kafka that fails', () => {
  let broker: KafkaBroker;
  let topics = 0;

  const open = (options: Record<string, unknown> = {}): Promise<WriteAheadLog> =>
    openBuiltin('log', 'kafka', {
      ...kafkaOptionsOf(broker),
      topic: `faults-${topics}`,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      ...options,
    });
  const begin = async (options: Record<string, unknown> = {}): Promise<WriteAheadLog> => {
    topics += 1;
    const log = await open(options);
    await log.begin(1);
    return log;
  };
  /** Everything acknowledged is there, in its place, and what was refused is not. */
  const expectKept = async ({ acknowledged, refusals }: Appending, log: WriteAheadLog): Promise<void> => {
    const found = await readAll(log);
    expect(found).toHaveLength(acknowledged.length);
    expect(new Set(found)).toEqual(new Set(acknowledged));
    for (const refusal of refusals) expect(refusal).toMatch(/^the log cannot be written now, try again later: /);
  };

  beforeAll(async () => {
    broker = await KafkaBroker.start();
  }, 120_000);
  afterAll(() => broker?.[Symbol.asyncDispose]());

  test('killed while appends run: they wait or are refused, and go on when it is back; nothing acknowledged is lost', async () => {
    await using log = await begin();
    const appending = new Appending(log);
    for (let kill = 0; kill < 2; kill++) {
      const before = appending.acknowledged.length;
      await expect.poll(() => appending.acknowledged.length, PATIENCE).toBeGreaterThan(before + 20);
      const refusedBefore = appending.refusals.length;
      await broker.kill();
      await expect.poll(() => appending.refusals.length, PATIENCE).toBeGreaterThan(refusedBefore);
      expect(appending.refusals.at(-1)).toMatch(/Kafka at 127\.0\.0\.1:\d+ does not answer/);
      await broker.startAgain();
    }
    const before = appending.acknowledged.length;
    await expect.poll(() => appending.acknowledged.length, PATIENCE).toBeGreaterThan(before + 20);
    await appending.end();
    await using other = await open();
    await expectKept(appending, other);
  }, 240_000);

  test('stalled (SIGSTOP): appends are refused until it goes on; nothing is lost or doubled', async () => {
    await using log = await begin();
    const appending = new Appending(log);
    await expect.poll(() => appending.acknowledged.length, PATIENCE).toBeGreaterThan(20);
    broker.signal('SIGSTOP');
    await expect.poll(() => appending.refusals.length, PATIENCE).toBeGreaterThan(0);
    expect(appending.refusals[0]).toMatch(/timed out|Connection closed/);
    broker.signal('SIGCONT');
    const before = appending.acknowledged.length;
    await expect.poll(() => appending.acknowledged.length, PATIENCE).toBeGreaterThan(before + 20);
    await appending.end();
    await expectKept(appending, log);
  }, 120_000);

  test('an old writer that wakes after its successor began: its appends fail, and readers never see them', async () => {
    await using old = await begin();
    await old.append(Buffer.from('a'));
    await using successor = await open();
    await successor.begin(2);
    await expect(old.append(Buffer.from('late'))).rejects.toMatchObject({
      kind: 'termLost',
      message: 'term 1 of the log is over: term 2 has begun',
    });
    await expect(old.append(Buffer.from('later'))).rejects.toMatchObject({ kind: 'termLost' });
    await successor.append(Buffer.from('b'));
    await using reader = await open();
    expect(await readAll(reader)).toEqual(['1:1 a', '2:1 b']);
  });

  test('freed records leave the topic; a reader from there on misses nothing', async () => {
    await using log = await begin();
    for (let i = 0; i < 40; i++) await log.append(Buffer.alloc(100_000, i));
    await log.truncate({ term: 1, sequence: 30 });
    await using admin = { client: broker.admin(), [Symbol.asyncDispose]: () => admin.client.close() };
    const partitions = [{ partitionIndex: 0, timestamp: -2n }];
    const [start] = await admin.client.listOffsets({ topics: [{ name: `faults-${topics}`, partitions }] });
    expect(Number(start!.partitions[0]!.offset)).toBeGreaterThan(15);
    await using successor = await open();
    await successor.begin(2);
    expect((await readAll(successor, { term: 1, sequence: 30 })).map((text) => text.split(' ')[0])).toEqual(
      Array.from({ length: 10 }, (_, i) => `1:${31 + i}`),
    );
    await successor.truncate({ term: 2, sequence: 0 });
    await successor.append(Buffer.from('b'));
    expect(await readAll(await open(), { term: 1, sequence: 40 })).toEqual(['2:1 b']);
  });
});
