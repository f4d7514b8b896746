import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readAll } from '../../contract/log-contract.ts';
import { createLogFolder } from './log-folder-fixture.ts';

const { fdatasync, writev } = fs;

afterEach(() => {
  Object.assign(fs, { fdatasync, writev });
  syncBuiltinESMExports();
});

/** Replaces a function of the disk for this test. */
function replace(functions: Partial<Record<'fdatasync' | 'writev', unknown>>): void {
  Object.assign(fs, functions);
  syncBuiltinESMExports();
}

const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });
const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A file system of one megabyte, or why there cannot be one. */
async function mountSmallDisk(): Promise<{ folder: string; unmount(): Promise<void> } | string> {
  const folder = await mkdtemp(join(tmpdir(), 'braid-small-disk-'));
  const result = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=40', 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    await rm(folder, { recursive: true });
    return `a tmpfs cannot be mounted: ${result.error?.message ?? result.stderr.trim()}`;
  }
  const unmount = async (): Promise<void> => {
    spawnSync('umount', [folder]);
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, unmount };
}

test('a full disk refuses appends without a trace, and takes them again when there is room', async ({ skip }) => {
  const disk = await mountSmallDisk();
  if (typeof disk === 'string') return skip(disk);
  try {
    await writeFile(join(disk.folder, 'filler'), Buffer.alloc(600_000));
    await using fixture = await createLogFolder(100_000, disk.folder);
    await using log = await fixture.open();
    await log.begin(1);
    const kept: string[] = [];
    let refusals = 0;
    const append = async (count: number): Promise<void> => {
      const texts = Array.from({ length: count }, (_, i) => `${kept.length}.${i} ${'x'.repeat(7_000)}`);
      const results = await Promise.allSettled(texts.map((text) => log.append(bytes(text))));
      for (const [i, result] of results.entries()) {
        if (result.status === 'fulfilled') kept.push(`1:${result.value.sequence} ${texts[i]}`);
        else {
          refusals += 1;
          expect(result.reason).toMatchObject({ kind: 'diskLimitExceeded' });
        }
      }
    };
    for (let i = 0; i < 40; i++) await append(3);
    expect(refusals).toBeGreaterThan(20);
    expect((await statfs(disk.folder)).bavail).toBeLessThan(10);
    expect(await readAll(log)).toEqual(kept);

    await rm(join(disk.folder, 'filler'));
    const [keptBefore, refusalsBefore] = [kept.length, refusals];
    for (let i = 0; i < 5; i++) await append(3);
    expect(refusals).toBe(refusalsBefore);
    expect(kept.length).toBe(keptBefore + 15);
    await using successor = await fixture.open();
    await successor.begin(2);
    expect(await readAll(successor)).toEqual(kept);
  } finally {
    await disk.unmount();
  }
});

test('a disk without room for another file refuses, and goes on when there is room', async ({ skip }) => {
  const disk = await mountSmallDisk();
  if (typeof disk === 'string') return skip(disk);
  try {
    await using fixture = await createLogFolder(4096, disk.folder);
    await using log = await fixture.open();
    await log.begin(1);
    for (let i = 0; i < 60; i++) await writeFile(join(disk.folder, `inode-${i}`), '').catch(() => undefined);
    await log.append(bytes('x'.repeat(5000)));
    await expect(log.append(bytes('no room'))).rejects.toMatchObject({ kind: 'diskLimitExceeded' });
    await expect(log.append(bytes('no room'))).rejects.toMatchObject({ kind: 'diskLimitExceeded' });
    for (let i = 0; i < 10; i++) await rm(join(disk.folder, `inode-${i}`), { force: true });
    expect(await log.append(bytes('room'))).toEqual({ term: 1, sequence: 2 });
    expect((await readAll(log)).at(-1)).toBe('1:2 room');
  } finally {
    await disk.unmount();
  }
});

test('a disk that fills in the middle of a write leaves nothing of it, not even after a crash', async () => {
  await using fixture = await createLogFolder();
  await using log = await fixture.open();
  await log.begin(1);
  await log.append(bytes('a'));
  let calls = 0;
  replace({
    writev: (fd: number, buffers: Buffer[], position: number, done: (error: Error | null, count: number) => void) => {
      calls += 1;
      const whole = Buffer.concat(buffers);
      if (calls > 1) return done(failure('ENOSPC'), 0);
      // One whole record and a half.
      return fs.write(fd, whole, 0, 45, position, done);
    },
  });
  const results = await Promise.allSettled(['b-------', 'c-------'].map((text) => log.append(bytes(text))));
  expect(calls).toBe(2);
  for (const result of results) expect(result).toMatchObject({ reason: { kind: 'diskLimitExceeded' } });
  await using reader = await fixture.open();
  expect(await readAll(reader)).toEqual(['1:1 a']);
  replace({ writev });
  expect(await log.append(bytes('d'))).toEqual({ term: 1, sequence: 2 });
  expect(await readAll(log)).toEqual(['1:1 a', '1:2 d']);
});

test('a short write is continued', async () => {
  await using fixture = await createLogFolder();
  await using log = await fixture.open();
  await log.begin(1);
  replace({
    writev: (fd: number, buffers: Buffer[], position: number, done: (error: Error | null, count: number) => void) => {
      const whole = Buffer.concat(buffers);
      return fs.write(fd, whole, 0, Math.min(7, whole.length), position, done);
    },
  });
  await Promise.all(['a', 'x'.repeat(50_000).slice(0, 300), 'c'].map((text) => log.append(bytes(text))));
  expect(await readAll(log)).toEqual(['1:1 a', `1:2 ${'x'.repeat(300)}`, '1:3 c']);
});

test('after a failed fsync nothing is acknowledged any more, and the fsync is not tried again', async () => {
  await using fixture = await createLogFolder();
  await using log = await fixture.open();
  await log.begin(1);
  await log.append(bytes('a'));
  let syncs = 0;
  replace({
    fdatasync: (_fd: number, done: (error: Error | null) => void) => {
      syncs += 1;
      done(failure('EIO'));
    },
  });
  const batch = await Promise.allSettled(['b', 'c'].map((text) => log.append(bytes(text))));
  for (const result of batch)
    expect(result).toMatchObject({ reason: { kind: 'internal', message: expect.stringContaining('EIO') } });
  replace({ fdatasync });
  await expect(log.append(bytes('d'))).rejects.toMatchObject({ kind: 'internal' });
  expect(syncs).toBe(1);
  await using successor = await fixture.open();
  await successor.begin(2);
  expect((await readAll(successor))[0]).toBe('1:1 a');
});

test('appends that come while the disk is busy share one write and one fsync', async () => {
  await using fixture = await createLogFolder(1_000_000);
  await using log = await fixture.open();
  await log.begin(1);
  let syncs = 0;
  replace({
    fdatasync: (fd: number, done: (error: Error | null) => void) => {
      syncs += 1;
      setTimeout(() => fdatasync(fd, done), 20);
    },
  });
  const first = log.append(bytes('first'));
  // The first batch is on its way before the others come.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  const others = Array.from({ length: 500 }, (_, i) => log.append(bytes(`r${i}`)));
  await Promise.all([first, ...others]);
  expect(syncs).toBe(2);
  expect(await readAll(log)).toHaveLength(501);
});

test('the queue is bounded in bytes, and a record in length', async () => {
  await using fixture = await createLogFolder();
  await using log = await fixture.open();
  await log.begin(1);
  const payload = new Uint8Array(100 * 1024 * 1024);
  const results = await Promise.allSettled([log.append(payload), log.append(payload), log.append(payload)]);
  expect(results[2]).toMatchObject({
    reason: { kind: 'tooManyRequests', message: expect.stringContaining('queueBytesMax') },
  });
  expect(results.slice(0, 2).every((result) => result.status === 'fulfilled')).toBe(true);
  await expect(log.append(new Uint8Array(129 * 1024 * 1024))).rejects.toMatchObject({ kind: 'parameterTooLarge' });
  expect(await log.append(bytes('room again'))).toEqual({ term: 1, sequence: 3 });
});
