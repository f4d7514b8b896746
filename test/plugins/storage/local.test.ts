import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { ObjectStorage } from '../../../plugins/storage/storage.ts';
import { storageContract } from '../../contract/storage-contract.ts';
import { silentHost } from '../test-host.ts';

const openIn = (dataFolder: string, options: Record<string, unknown> = {}): Promise<ObjectStorage> =>
  openPlugin('storage', { use: 'local', with: options }, silentHost(dataFolder));

storageContract('the local storage', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'braid-storage-'));
  return { open: () => openIn(folder), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'braid-storage-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Calls `work` with a small file system of its own; says why there is none. */
async function onSmallDisk(skip: (why: string) => void, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { encoding: 'utf8' });
  if (mount.status !== 0) return skip(`a tmpfs cannot be mounted: ${mount.error?.message ?? mount.stderr.trim()}`);
  try {
    await work(disk);
  } finally {
    spawnSync('umount', [disk]);
  }
}

test('a folder on the local disk is mapped in place, unless that is switched off', async () => {
  const storage = await openIn(folder);
  await storage.put('a/1', Buffer.from('x'));
  expect(storage.localPath?.('a/1')).toBe(join(folder, 'storage/a/1'));
  const copying = await openIn(folder, { mapInPlace: false, shared: false });
  expect(copying.localPath?.('a/1')).toBeUndefined();
  expect(copying.shared).toBe(false);
});

test('deleting the last object of a folder removes the folder', async () => {
  const storage = await openIn(folder);
  await storage.put('segments/1/2/x', Buffer.from('x'));
  await storage.put('segments/1/3/x', Buffer.from('x'));
  await storage.delete(['segments/1/2/x']);
  expect(await readdir(join(folder, 'storage/segments/1'))).toEqual(['3']);
  await storage.delete(['segments/1/3/x']);
  expect(await readdir(join(folder, 'storage'))).not.toContain('segments');
});

test('a put leaves nothing unfinished, also when it fails', async () => {
  const storage = await openIn(folder);
  await storage.put('a/1', Buffer.from('x'));
  await storage.put('a/1', Buffer.from('x')).catch(() => undefined);
  expect(await readdir(join(folder, 'storage/.unfinished'))).toEqual([]);
});

test('what a crash left long ago is removed at opening, what is young is not', async () => {
  const unfinished = join(folder, 'storage/.unfinished');
  await mkdir(unfinished, { recursive: true });
  for (const name of ['old', 'young']) await writeFile(join(unfinished, name), 'x');
  await utimes(join(unfinished, 'old'), 1_000_000, 1_000_000);
  const storage = await openIn(folder);
  expect(await readdir(unfinished)).toEqual(['young']);
  const objects: unknown[] = [];
  for await (const object of storage.list('')) objects.push(object);
  expect(objects).toEqual([]);
});

test('a folder that is gone is an error, not an empty list', async () => {
  const storage = await openIn(folder);
  await rm(join(folder, 'storage'), { recursive: true });
  const listing = async (): Promise<void> => {
    for await (const _ of storage.list('')) expect.unreachable();
  };
  await expect(listing()).rejects.toMatchObject({ kind: 'storageFailed' });
});

test('a folder that cannot be used is named', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(openIn(folder, { path: 'file/below' })).rejects.toMatchObject({
    kind: 'storageFailed',
    message: expect.stringContaining(join(folder, 'file/below')),
  });
});

test('a folder without the right to write says so', async ({ skip }) => {
  if (process.getuid?.() === 0) return skip('root may write everywhere');
  const storage = await openIn(folder);
  await chmod(join(folder, 'storage'), 0o500);
  await expect(storage.put('a/1', Buffer.from('x'))).rejects.toMatchObject({
    kind: 'storageFailed',
    message: expect.stringMatching(/EACCES|EPERM/),
  });
});

test('a full disk says so, leaves nothing, and goes on when there is room', async ({ skip }) => {
  await onSmallDisk(skip, async (disk) => {
    const storage = await openIn(disk);
    await storage.put('a/1', randomBytes(600_000));
    const local = join(folder, 'local');
    await writeFile(local, randomBytes(600_000));
    await expect(storage.put('a/2', randomBytes(600_000))).rejects.toMatchObject({ kind: 'diskLimitExceeded' });
    await expect(storage.putFile('a/2', local)).rejects.toMatchObject({ kind: 'diskLimitExceeded' });
    expect(await readdir(join(disk, 'storage/a'))).toEqual(['1']);
    await storage.delete(['a/1']);
    await storage.putFile('a/2', local);
    expect((await storage.get('a/2')).length).toBe(600_000);
  });
});

test('a file of the same disk is not copied, a file of another one is', async ({ skip }) => {
  const local = join(folder, 'local');
  await writeFile(local, 'content');
  const storage = await openIn(folder);
  await storage.putFile('a/1', local);
  expect((await stat(join(folder, 'storage/a/1'))).ino).toBe((await stat(local)).ino);
  await onSmallDisk(skip, async (disk) => {
    const other = await openIn(disk);
    await other.putFile('a/1', local);
    expect(Buffer.from(await other.get('a/1')).toString()).toBe('content');
  });
});
