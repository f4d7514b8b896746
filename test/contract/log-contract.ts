import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareLogPositions, type LogPosition, type LogRecord, type WriteAheadLog } from '../../plugins/log/log.ts';

/** One log, and as many openings of it as a test wants: each stands for a process of its own. */
export interface LogFixture extends AsyncDisposable {
  open(): Promise<WriteAheadLog>;
}

/** What every log plugin promises. Call it in a test file of the plugin: `logContract('file', () => newFixture())`. */
export function logContract(name: string, createFixture: () => Promise<LogFixture>): void {
  describe(`${name} keeps the contract of a log`, () => {
    let fixture: LogFixture;
    let opened: WriteAheadLog[];

    const open = async (): Promise<WriteAheadLog> => {
      const log = await fixture.open();
      opened.push(log);
      return log;
    };
    const begin = async (term: number): Promise<WriteAheadLog> => {
      const log = await open();
      await log.begin(term);
      return log;
    };

    beforeEach(async () => {
      fixture = await createFixture();
      opened = [];
    });

    afterEach(async () => {
      for (const log of opened) await log[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    });

    test('a log keeps its id, and says the same one to everybody', async () => {
      const logs = await Promise.all([open(), open(), open()]);
      expect(new Set(logs.map(({ id }) => id)).size).toBe(1);
      expect(logs[0]!.id).toMatch(/^\S{8,}$/);
      await logs[0]!.begin(1);
      expect((await open()).id).toBe(logs[0]!.id);
    });

    describe('append and read', () => {
      test('an empty log has no records', async () => {
        expect(await readAll(await open())).toEqual([]);
        expect(await readAll(await begin(1))).toEqual([]);
      });

      test('a term numbers its records from 1 without gaps and gives them back in order', async () => {
        const log = await begin(3);
        for (let i = 1; i <= 5; i++) expect(await log.append(text(`r${i}`))).toEqual({ term: 3, sequence: i });
        expect(await readAll(log)).toEqual(['3:1 r1', '3:2 r2', '3:3 r3', '3:4 r4', '3:5 r5']);
      });

      test('appends of the same moment are in the order of the calls', async () => {
        const log = await begin(1);
        const positions = await Promise.all(range(500).map((i) => log.append(text(`r${i}`))));
        expect(positions.map((position) => position.sequence)).toEqual(range(500).map((i) => i + 1));
        expect(await readAll(log)).toEqual(range(500).map((i) => `1:${i + 1} r${i}`));
      });

      test.each([0, 1, 1000, 70_000, 5_000_000])('%i bytes come back as they were', async (byteLength) => {
        const log = await begin(1);
        const payload = noise(byteLength);
        await Promise.all([log.append(text('before')), log.append(payload), log.append(text('after'))]);
        const records = await readRecords(log);
        expect(records).toHaveLength(3);
        expect(Buffer.compare(records[1]!.payload, payload)).toBe(0);
      });

      test('read begins after a position', async () => {
        const log = await begin(1);
        for (let i = 1; i <= 4; i++) await log.append(text(`r${i}`));
        expect(await readAll(log, { term: 1, sequence: 2 })).toEqual(['1:3 r3', '1:4 r4']);
        expect(await readAll(log, { term: 1, sequence: 4 })).toEqual([]);
        expect(await readAll(log, { term: 0, sequence: 99 })).toHaveLength(4);
      });

      test('append needs a term that has begun', async () => {
        const log = await open();
        await expect(log.append(text('x'))).rejects.toThrow();
      });

      test('reading while others append gives a prefix', async () => {
        const log = await begin(1);
        let appended = 0;
        const writing = (async () => {
          for (; appended < 300; appended++) await log.append(text(`r${appended}`));
        })();
        while (appended < 300) {
          const records = await readAll(log);
          expect(records).toEqual(range(records.length).map((i) => `1:${i + 1} r${i}`));
        }
        await writing;
      });
    });

    describe('terms', () => {
      test('a later process reads what an earlier one wrote, and goes on in its own term', async () => {
        const first = await begin(1);
        await first.append(text('a'));
        await first.append(text('b'));
        await first[Symbol.asyncDispose]();
        const second = await begin(2);
        expect(await readAll(second)).toEqual(['1:1 a', '1:2 b']);
        expect(await second.append(text('c'))).toEqual({ term: 2, sequence: 1 });
        const third = await begin(7);
        await third.append(text('d'));
        expect(await readAll(third)).toEqual(['1:1 a', '1:2 b', '2:1 c', '7:1 d']);
        expect(await readAll(third, { term: 1, sequence: 1 })).toEqual(['1:2 b', '2:1 c', '7:1 d']);
        expect(await readAll(third, { term: 4, sequence: 1 })).toEqual(['7:1 d']);
      });

      test('a process that only reads sees them all', async () => {
        await (await begin(1)).append(text('a'));
        await (await begin(2)).append(text('b'));
        expect(await readAll(await open())).toEqual(['1:1 a', '2:1 b']);
      });

      test('a term can begin only once, and not after a later one', async () => {
        await begin(5);
        await expect(begin(5)).rejects.toMatchObject({ kind: 'termLost' });
        await expect(begin(4)).rejects.toMatchObject({ kind: 'termLost' });
        await begin(6);
        await expect(begin(5)).rejects.toMatchObject({ kind: 'termLost' });
      });

      test('what an old writer adds after its successor began does not count', async () => {
        const old = await begin(1);
        await old.append(text('a'));
        const successor = await begin(2);
        const late = await Promise.allSettled(range(20).map((i) => old.append(text(`late ${i}`))));
        await successor.append(text('b'));
        expect(await readAll(successor)).toEqual(['1:1 a', '2:1 b']);
        expect(await readAll(await begin(3))).toEqual(['1:1 a', '2:1 b']);
        // A log that can tell says so; a log that cannot leaves it to the lease.
        for (const result of late) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'termLost' });
        }
      });

      test('no record is lost while writers push each other out', async () => {
        const kept: string[] = [];
        for (let term = 1; term <= 8; term++) {
          const log = await begin(term);
          for (let i = 0; i < 3; i++) kept.push(`${term}:${(await log.append(text(`r${i}`))).sequence} r${i}`);
        }
        expect(await readAll(await begin(9))).toEqual(kept);
      });
    });

    describe('truncate and close', () => {
      test('truncate keeps everything after the position, also for later terms', async () => {
        const first = await begin(1);
        for (let i = 1; i <= 50; i++) await first.append(noise(1000));
        const second = await begin(2);
        for (let i = 1; i <= 50; i++) await second.append(noise(1000));
        for (const position of positionsAfter(at(1, 0))) {
          await second.truncate(position);
          const records = await readRecords(second, position);
          expect(records.map((record) => record.position)).toEqual(positionsAfter(position));
        }
        expect(await readRecords(await open(), at(2, 50))).toEqual([]);
      });

      test('freed space shows in byteLength, and the log goes on', async () => {
        const first = await begin(1);
        await first.append(noise(200_000));
        const second = await begin(2);
        const before = second.byteLength();
        expect(before).toBeGreaterThan(200_000);
        await second.truncate(at(1, 1));
        expect(second.byteLength()).toBeLessThanOrEqual(before);
        expect(await second.append(text('b'))).toEqual(at(2, 1));
        expect(await readAll(second, at(1, 1))).toEqual(['2:1 b']);
      });

      test('a term stays over when its records are freed', async () => {
        const first = await begin(1);
        await first.append(text('a'));
        const second = await begin(2);
        await second.truncate(at(1, 1));
        await expect(begin(1)).rejects.toMatchObject({ kind: 'termLost' });
        await first.append(text('late')).catch(() => undefined);
        expect(await readAll(await begin(3), at(1, 1))).toEqual([]);
      });

      test('closing waits for the appends under way, then refuses', async () => {
        const log = await begin(1);
        const appends = range(50).map((i) => log.append(text(`r${i}`)));
        await log[Symbol.asyncDispose]();
        const results = await Promise.allSettled(appends);
        expect(results.every((result) => result.status === 'fulfilled')).toBe(true);
        await expect(log.append(text('x'))).rejects.toThrow();
        expect(await readAll(await open())).toHaveLength(50);
      });
    });
  });
}

/** `1:2 text` for each record. */
export async function readAll(log: WriteAheadLog, after?: LogPosition): Promise<string[]> {
  const records = await readRecords(log, after);
  return records.map(({ position, payload }) => `${position.term}:${position.sequence} ${Buffer.from(payload)}`);
}

export async function readRecords(log: WriteAheadLog, after?: LogPosition): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of log.read(after)) records.push(record);
  return records;
}

const text = (content: string): Uint8Array => Buffer.from(content);
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const at = (term: number, sequence: number): LogPosition => ({ term, sequence });

/** Bytes without a pattern, the same in every run. */
function noise(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let state = byteLength + 1;
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function positionsAfter(position: LogPosition): LogPosition[] {
  const all = [1, 2].flatMap((term) => range(50).map((i) => at(term, i + 1)));
  return all.filter((other) => compareLogPositions(other, position) > 0);
}
