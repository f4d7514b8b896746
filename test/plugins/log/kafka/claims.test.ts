import { expect, test } from 'vitest';
import { KafkaLog } from '../../../../plugins/log/kafka/kafka-log.ts';
import { logContract, readAll } from '../../../contract/log-contract.ts';
import { silentHost } from '../../test-host.ts';
import { type Fate, PartitionContent, ShakyPartition } from './shaky-partition.ts';

const SEEDS = 25;
const TERMS = 4;
const APPENDS = 12;

const openLog = (content: PartitionContent, fateOf?: () => Fate): KafkaLog =>
  new KafkaLog({
    partition: new ShakyPartition(content, fateOf),
    id: 'a-topic-id',
    messageBytes: 16_384,
    logger: silentHost().logger,
  });

logContract('the Kafka log on a partition in memory', async () => {
  const content = new PartitionContent();
  return { open: async () => openLog(content), [Symbol.asyncDispose]: async () => {} };
});

/** The same numbers in every run: between 0 and 1. */
function chance(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Appends of one turn share a batch; a later one waits for the next. */
async function batchTaken(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((go) => setImmediate(go));
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  'writers that push each other out over a bad network lose, double and smuggle in nothing (seed %i)',
  async (seed) => {
    const random = chance(seed);
    const content = new PartitionContent();
    const fateOf = (): Fate => {
      if (random() < 0.5) content.arrive();
      const drawn = random();
      return drawn < 0.7 ? 'fine' : drawn < 0.8 ? 'lost' : drawn < 0.9 ? 'answer-lost' : 'late';
    };
    const acknowledged: string[] = [];
    const sent = new Set<string>();
    const logs: KafkaLog[] = [];
    const writing: Promise<void>[] = [];
    for (let term = 1; term <= TERMS; term++) {
      const log = openLog(content, fateOf);
      logs.push(log);
      await log.begin(term);
      const write = async (): Promise<void> => {
        for (let i = 1; i <= APPENDS; i++) {
          // Some are cut into fragments.
          const text = `t${term}-${i}${'.'.repeat(random() < 0.3 ? 40_000 : 0)}`;
          sent.add(text);
          const error = await log.append(Buffer.from(text)).then(
            ({ sequence }) => void acknowledged.push(`${term}:${sequence} ${text}`),
            (thrown) => thrown as { kind: string },
          );
          if (error?.kind === 'termLost') return;
        }
      };
      writing.push(write());
      // The next one takes over at any moment.
      for (let turns = Math.floor(random() * 40); turns > 0; turns--) await new Promise((go) => setImmediate(go));
    }
    await Promise.all(writing);
    for (let i = 0; i < TERMS * APPENDS; i++) content.arrive();
    const found = await readAll(openLog(content));
    expect(found.filter((record) => acknowledged.includes(record)).sort()).toEqual(acknowledged.sort());
    const texts = found.map((record) => record.slice(record.indexOf(' ') + 1));
    expect(new Set(texts).size, 'doubled').toBe(texts.length);
    expect(
      texts.filter((text) => !sent.has(text)),
      'never sent',
    ).toEqual([]);
    for (const log of logs) await log[Symbol.asyncDispose]();
  },
);

test('an append that fails for long: those behind it are refused, and it gets through at last', async () => {
  const content = new PartitionContent();
  let fate: Fate = 'fine';
  const log = openLog(content, () => fate);
  await log.begin(1);
  fate = 'lost';
  const first = log.append(Buffer.from('a'));
  await batchTaken();
  await expect(log.append(Buffer.from('b'))).rejects.toMatchObject({
    kind: 'serviceUnavailable',
    message: 'the log cannot be written now, try again later: an append was lost',
  });
  await expect(log.append(Buffer.from('c'))).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  fate = 'fine';
  expect((await first).sequence).toBe(1);
  await log.append(Buffer.from('d'));
  expect(await readAll(log)).toEqual(['1:1 a', '1:2 d']);
  await log[Symbol.asyncDispose]();
});

test('records that somebody else deleted are missed, not passed over', async () => {
  const content = new PartitionContent();
  const log = openLog(content);
  await log.begin(1);
  for (const text of ['a', 'b', 'c']) await log.append(Buffer.from(text));
  content.startOffset = 3;
  await expect(readAll(openLog(content))).rejects.toThrow(/1:3 .* does not follow 0:0: records were deleted or lost/);
  expect(await readAll(openLog(content), { term: 1, sequence: 2 })).toEqual(['1:3 c']);
});

test('a topic that others write to: their records are left out; one with theirs only is refused', async () => {
  const content = new PartitionContent();
  const foreign = { key: Buffer.from('k'), value: Buffer.from('somebody else') };
  const log = openLog(content);
  await log.begin(1);
  await log.append(Buffer.from('a'));
  content.add([foreign]);
  await log.append(Buffer.from('b'));
  expect(await readAll(openLog(content))).toEqual(['1:1 a', '1:2 b']);
  const other = new PartitionContent();
  other.add([foreign, foreign]);
  await expect(openLog(other).begin(1)).rejects.toThrow(/holds 2 records and none of a Braid log: name a topic/);
});

test('a topic that lost acknowledged records ends the log', async () => {
  const content = new PartitionContent();
  const log = openLog(content);
  await log.begin(1);
  await log.append(Buffer.from('a'));
  await log.append(Buffer.from('b'));
  content.records.length = 1;
  await expect(log.append(Buffer.from('c'))).rejects.toMatchObject({
    kind: 'internal',
    message: expect.stringMatching(/ends at offset \d, but records up to 3 were acknowledged/),
  });
}, 60_000);

test('closing while an outcome is not known says so', async () => {
  const content = new PartitionContent();
  let fate: Fate = 'fine';
  const log = openLog(content, () => fate);
  await log.begin(1);
  fate = 'lost';
  const append = log.append(Buffer.from('a'));
  append.catch(() => undefined);
  await batchTaken();
  await expect(log.append(Buffer.from('b'))).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  await log[Symbol.asyncDispose]();
  await expect(append).rejects.toMatchObject({ kind: 'internal', message: expect.stringMatching(/unknown/) });
});
