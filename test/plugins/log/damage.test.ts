import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WriteAheadLog } from '../../../plugins/log/log.ts';
import { readAll } from '../../contract/log-contract.ts';
import { createLogFolder, type FolderFixture } from './log-folder-fixture.ts';

/**
 * What a crash and what a failing disk leave behind: the first is cut, the second is refused. Each case damages a copy of a good log and opens it twice: a
 * process that only reads, and one that begins a term (which seals).
 */

const FILE_HEADER_BYTES = 32;
const RECORD_HEADER_BYTES = 20;
const MEGABYTE = 1024 * 1024;

let fixture: FolderFixture;

beforeEach(async () => {
  fixture = await createLogFolder(MEGABYTE);
});

afterEach(() => fixture[Symbol.asyncDispose]());

/** Appends each of `batches` in one group commit and leaves the log as a crash would: without a seal. */
async function write(term: number, batches: readonly (readonly string[])[], fileBytes = MEGABYTE): Promise<void> {
  await using log = await fixture.openWith(fileBytes);
  await log.begin(term);
  for (const batch of batches) await Promise.all(batch.map((payload) => log.append(Buffer.from(payload))));
}

async function files(): Promise<string[]> {
  const names = await readdir(fixture.folder);
  return names
    .filter((name) => name.endsWith('.wal'))
    .sort()
    .map((name) => join(fixture.folder, name));
}

const lastFile = async (): Promise<string> => (await files()).at(-1)!;

async function recovered(): Promise<string[]> {
  await using reader = await fixture.open();
  return readAll(reader);
}

/** Also seals the log for good. */
async function recoveredByWriter(term: number): Promise<string[]> {
  await using log: WriteAheadLog = await fixture.open();
  await log.begin(term);
  return readAll(log);
}

const refusal = async (read: () => Promise<unknown>): Promise<string> => {
  const error: unknown = await read().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'BraidError', kind: 'internal' });
  return (error as Error).message;
};

test('a file cut at any byte gives the records before the cut', async () => {
  const payloads = ['first', 'second record', '', 'x'.repeat(60), 'last'];
  await write(
    1,
    payloads.map((payload) => [payload]),
  );
  const path = await lastFile();
  const whole = await readFile(path);
  const ends = [FILE_HEADER_BYTES];
  for (const payload of payloads) ends.push(ends.at(-1)! + RECORD_HEADER_BYTES + payload.length);
  expect(ends.at(-1)).toBe(whole.length);
  for (let length = 0; length <= whole.length; length++) {
    await writeFile(path, whole.subarray(0, length));
    const complete = ends.filter((end) => end <= length).length - 1;
    expect(await recovered(), `cut at ${length}`).toEqual(
      payloads.slice(0, Math.max(0, complete)).map((p, i) => `1:${i + 1} ${p}`),
    );
  }
  expect(fixture.warnings.length).toBeGreaterThan(whole.length - ends.length);
});

test('a writer seals a cut file where it ends, and nothing that is added later counts', async () => {
  await write(1, [['a'], ['b'], ['c']]);
  const path = await lastFile();
  const whole = await readFile(path);
  await truncate(path, whole.length - 1);
  expect(await recoveredByWriter(2)).toEqual(['1:1 a', '1:2 b']);
  await writeFile(path, whole);
  expect(await recovered()).toEqual(['1:1 a', '1:2 b']);
  expect(await recoveredByWriter(3)).toEqual(['1:1 a', '1:2 b']);
});

test.each([
  ['zeros', Buffer.alloc(5000)],
  ['one zero', Buffer.alloc(1)],
  ['garbage', Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31 + 7) % 256))],
  ['all ones', Buffer.alloc(200, 0xff)],
  ['a text', Buffer.from('BRAIDWAL'.repeat(40))],
])('%s after the last record are cut', async (_name, tail) => {
  await write(1, [['a'], ['b']]);
  await appendFile(await lastFile(), tail);
  expect(await recovered()).toEqual(['1:1 a', '1:2 b']);
  expect(await recoveredByWriter(2)).toEqual(['1:1 a', '1:2 b']);
  expect(fixture.warnings).not.toEqual([]);
});

test('an old record after the last one is no proof and does not count', async () => {
  await write(1, [['a'], ['b']]);
  const path = await lastFile();
  const whole = await readFile(path);
  await appendFile(path, whole.subarray(FILE_HEADER_BYTES));
  expect(await recoveredByWriter(2)).toEqual(['1:1 a', '1:2 b']);
});

test('a flipped bit before the last record is refused, with file and offset, wherever it is', async () => {
  await write(1, [['first'], ['second record'], ['third'], ['fourth']]);
  const path = await lastFile();
  const whole = await readFile(path);
  const lastRecord = whole.length - RECORD_HEADER_BYTES - 'fourth'.length;
  for (let bit = 0; bit < lastRecord * 8; bit++) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(path, damaged);
    const message = await refusal(recovered);
    expect(message).toContain(`${path} is damaged at offset `);
    if (bit % 97 === 0) expect(await refusal(() => recoveredByWriter(2))).toBe(message);
  }
  await writeFile(path, whole);
  expect(await recoveredByWriter(2)).toHaveLength(4);
});

test('a flipped bit in the last record never gives a wrong record', async () => {
  await write(1, [['first'], ['last record']]);
  const path = await lastFile();
  const whole = await readFile(path);
  for (let bit = (whole.length - RECORD_HEADER_BYTES - 'last record'.length) * 8; bit < whole.length * 8; bit++) {
    const damaged = Buffer.from(whole);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    await writeFile(path, damaged);
    expect(await recovered()).toEqual(['1:1 first']);
  }
});

test('a hole in the last batch is a torn write, a hole before it is damage', async () => {
  await write(1, [
    ['a1', 'a2', 'a3'],
    ['b1', 'b2', 'b3'],
  ]);
  const path = await lastFile();
  const whole = await readFile(path);
  const recordBytes = RECORD_HEADER_BYTES + 2;
  const withHole = (record: number): Buffer => {
    const damaged = Buffer.from(whole);
    return damaged.fill(0, FILE_HEADER_BYTES + record * recordBytes, FILE_HEADER_BYTES + (record + 1) * recordBytes);
  };
  await writeFile(path, withHole(4));
  expect(await recovered()).toEqual(['1:1 a1', '1:2 a2', '1:3 a3', '1:4 b1']);
  await writeFile(path, withHole(1));
  expect(await refusal(recovered)).toContain(`damaged at offset ${FILE_HEADER_BYTES + recordBytes}`);
});

test('damage is found behind a large gap, and the search does not hang', async () => {
  const large = 'x'.repeat(3 * MEGABYTE);
  await write(1, [['a'], [large], ['b']], 64 * MEGABYTE);
  const path = await lastFile();
  const whole = await readFile(path);
  whole[FILE_HEADER_BYTES + RECORD_HEADER_BYTES + 1 + 10]! ^= 4;
  await writeFile(path, whole);
  expect(await refusal(recovered)).toContain('an intact record of a later write follows');
});

test('a length that is not there is not allocated', async () => {
  await write(1, [['a']]);
  const path = await lastFile();
  const record = Buffer.alloc(RECORD_HEADER_BYTES);
  record.writeUInt32LE(0xffff_ff00, 4);
  record.writeUInt32LE(2, 8);
  await appendFile(path, record);
  expect(await recovered()).toEqual(['1:1 a']);
});

test('damage in a file that is not the last is refused, also at its end', async () => {
  const payload = 'x'.repeat(3000);
  await write(1, [[payload], [payload], [payload], [payload], [payload]], 4096);
  const [first, second] = await files();
  const size = (await stat(first!)).size;
  await truncate(first!, size - 1);
  expect(await refusal(recovered)).toContain(`${first} is damaged at offset`);
  expect(await refusal(() => recoveredByWriter(2))).toContain('are due there');
  await truncate(first!, 0);
  expect(await refusal(recovered)).toContain(`${first} is damaged at offset 0: its header is cut`);
  expect(second).toBeDefined();
});

test('damage in a sealed term is refused, also in its last record', async () => {
  await write(1, [['a'], ['b']]);
  await write(2, [['c']]);
  const [first] = await files();
  await truncate(first!, (await stat(first!)).size - 1);
  expect(await refusal(recovered)).toContain('records 2 to 2 of term 1 are due there');
});

test.each([0, 1])('a missing file (%i) is refused', async (index) => {
  const payload = 'x'.repeat(3000);
  await write(1, [[payload], [payload], [payload], [payload], [payload]], 4096);
  await rm((await files())[index]!);
  expect(await refusal(recovered)).toMatch(/missing from|due there/);
});

test('a damaged seal is refused', async () => {
  await write(1, [['a']]);
  await write(2, [['b']]);
  const seal = join(fixture.folder, '0000000001.seal');
  const content = await readFile(seal, 'utf8');
  await writeFile(seal, content.replace('"lastSequence":1', '"lastSequence":0'));
  expect(await refusal(recovered)).toContain(`${seal} is damaged`);
});

test('a seal that a crash left empty is completed by the next writer', async () => {
  await write(1, [['a'], ['b']]);
  await writeFile(join(fixture.folder, '0000000001.seal'), '');
  expect(await recovered()).toEqual(['1:1 a', '1:2 b']);
  expect(await recoveredByWriter(2)).toEqual(['1:1 a', '1:2 b']);
  expect(await readFile(join(fixture.folder, '0000000001.seal'), 'utf8')).toContain('"lastSequence":2');
});
