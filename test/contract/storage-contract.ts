import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectStorage, StoredObject } from '../../plugins/storage/storage.ts';

/** One storage, and as many openings of it as a test wants: each stands for a node. */
export interface StorageFixture extends AsyncDisposable {
  open(): Promise<ObjectStorage>;
}

/** What every storage plugin promises. */
export function storageContract(name: string, createFixture: () => Promise<StorageFixture>): void {
  describe(`${name} keeps the contract of a storage`, () => {
    let fixture: StorageFixture;
    let storage: ObjectStorage;
    let scratch: string;

    beforeEach(async () => {
      fixture = await createFixture();
      storage = await fixture.open();
      scratch = await mkdtemp(join(tmpdir(), 'braid-scratch-'));
    });

    afterEach(async () => {
      await storage[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
      await rm(scratch, { recursive: true, force: true });
    });

    const localFile = async (content: Uint8Array | string): Promise<string> => {
      const path = join(scratch, randomBytes(8).toString('hex'));
      await writeFile(path, content);
      return path;
    };

    test.each([0, 1, 100_000, 3_000_001])(
      '%i bytes come back as they were, by memory and by file',
      async (byteLength) => {
        const bytes = randomBytes(byteLength);
        await storage.put('segments/1/2/memory.bin', bytes);
        await storage.putFile('segments/1/2/file.bin', await localFile(bytes));
        for (const key of ['segments/1/2/memory.bin', 'segments/1/2/file.bin']) {
          expect(bytes.equals(await storage.get(key))).toBe(true);
          const copy = join(scratch, 'copy');
          await writeFile(copy, 'is replaced');
          await storage.getFile(key, copy);
          expect(bytes.equals(await readFile(copy))).toBe(true);
        }
      },
    );

    test('a file of a user is read in ranges', async () => {
      const bytes = randomBytes(300_000);
      await storage.put('segments/9/rows.json', bytes);
      await using file = await storage.openFile('segments/9/rows.json');
      expect(file.byteLength).toBe(bytes.length);
      for (const [from, to] of [
        [0, 300_000],
        [299_999, 300_000],
        [70_000, 200_001],
        [5, 5],
      ] as const) {
        const range = await file.read(from, to);
        expect(bytes.subarray(from, to).equals(range)).toBe(true);
        expect(range.buffer.byteLength).toBe(to - from);
      }
      await expect(file.read(299_000, 300_001)).rejects.toMatchObject({ kind: 'storageFailed' });
    });

    test.each(['../etc/passwd', '/etc/passwd', 'a/../../b', '.unfinished/x', 'a//b', 'a/.b', '', 'a\\b', 'a\0b'])(
      'no file is opened by the path %j',
      async (path) => {
        await expect(storage.openFile(path)).rejects.toMatchObject({ kind: 'parameterInvalid' });
      },
    );

    test('a file that is not there, and a folder, cannot be opened', async () => {
      await storage.put('a/b/1', Buffer.from('one'));
      await expect(storage.openFile('a/Missing.json')).rejects.toMatchObject({ kind: 'storageFailed' });
      await expect(storage.openFile('a/b')).rejects.toMatchObject({ kind: 'storageFailed' });
    });

    test('another node sees what was stored', async () => {
      if (!storage.shared) return;
      await using other = await fixture.open();
      await storage.put('a/1', Buffer.from('one'));
      expect(Buffer.from(await other.get('a/1')).toString()).toBe('one');
    });

    test('an object does not go away with the file it was made of', async () => {
      const path = await localFile('content');
      await storage.putFile('a/1', path);
      await rm(path);
      expect(Buffer.from(await storage.get('a/1')).toString()).toBe('content');
    });

    test('a key is used once: a second put is refused and changes nothing', async () => {
      await storage.put('a/1', Buffer.from('first'));
      await expect(storage.put('a/1', Buffer.from('second'))).rejects.toMatchObject({ kind: 'storageFailed' });
      await expect(storage.putFile('a/1', await localFile('third'))).rejects.toMatchObject({ kind: 'storageFailed' });
      expect(Buffer.from(await storage.get('a/1')).toString()).toBe('first');
      expect(await keys(storage)).toEqual(['a/1']);
    });

    test('of puts at the same time exactly one wins, whole', async () => {
      const contents = Array.from({ length: 12 }, () => randomBytes(200_000));
      const files = await Promise.all(contents.map((content) => localFile(content)));
      const results = await Promise.allSettled(
        contents.map((content, i) =>
          i % 2 === 0 ? storage.put('race/1', content) : storage.putFile('race/1', files[i]!),
        ),
      );
      const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(contents[winners[0]!]!.equals(await storage.get('race/1'))).toBe(true);
    });

    test('nobody sees a half-written object', async () => {
      const bytes = randomBytes(8_000_000);
      let isDone = false;
      const writing = storage.put('big/1', bytes).finally(() => {
        isDone = true;
      });
      while (!isDone) {
        for (const object of await list(storage, ''))
          expect(object).toMatchObject({ key: 'big/1', byteLength: bytes.length });
        const seen = await storage.get('big/1').catch(() => undefined);
        if (seen !== undefined) expect(seen.length).toBe(bytes.length);
      }
      await writing;
    });

    test('a missing object is an error that names it, and leaves no local file', async () => {
      await storage.put('a/1', Buffer.from('x'));
      await expect(storage.get('a/2')).rejects.toMatchObject({
        kind: 'storageFailed',
        message: expect.stringContaining('a/2'),
      });
      await expect(storage.getFile('a/2', join(scratch, 'copy'))).rejects.toMatchObject({ kind: 'storageFailed' });
      expect(await readdir(scratch)).toEqual([]);
      await expect(storage.putFile('a/3', join(scratch, 'nothing'))).rejects.toMatchObject({ kind: 'storageFailed' });
    });

    test('list gives the objects below a prefix, with length and age', async () => {
      expect(await list(storage, '')).toEqual([]);
      const all = ['segments/1/2/a.bin', 'segments/1/3/b.bin', 'segments/12/1/c.bin', 'deletes/1/4/d.bin'];
      for (const key of all) await storage.put(key, Buffer.from(key));
      expect(await keys(storage)).toEqual(all.toSorted());
      expect(await keys(storage, 'segments/')).toEqual(all.slice(0, 3).toSorted());
      expect(await keys(storage, 'segments/1/')).toEqual(all.slice(0, 2));
      expect(await keys(storage, 'segments/1')).toEqual(all.slice(0, 3).toSorted());
      expect(await keys(storage, 'segments/12')).toEqual([all[2]]);
      expect(await keys(storage, 'segments/1/2/a.bin')).toEqual([all[0]]);
      expect(await keys(storage, 'segments/1/2/b')).toEqual([]);
      expect(await keys(storage, 'segments/9/')).toEqual([]);
      for (const { key, byteLength, modifiedAtMs } of await list(storage, '')) {
        expect(byteLength).toBe(key.length);
        expect(Math.abs(modifiedAtMs - Date.now())).toBeLessThan(60_000);
      }
    });

    test('the age of an object begins when it is stored, not when its file was made', async () => {
      const path = await localFile('old');
      await utimes(path, 1_000_000, 1_000_000);
      await storage.putFile('a/1', path);
      const [object] = await list(storage, '');
      expect(Math.abs(object!.modifiedAtMs - Date.now())).toBeLessThan(60_000);
    });

    test('many objects are listed', async () => {
      const all = Array.from({ length: 300 }, (_, i) => `many/${i % 7}/${i}`);
      await Promise.all(all.map((key) => storage.put(key, Buffer.from('x'))));
      expect(await keys(storage, 'many/')).toEqual(all.toSorted());
    });

    test('delete removes what is there and does not mind what is not', async () => {
      await storage.put('a/1/x', Buffer.from('x'));
      await storage.put('a/2/x', Buffer.from('x'));
      await storage.delete(['a/1/x', 'a/9/x', 'nothing']);
      expect(await keys(storage)).toEqual(['a/2/x']);
      await storage.delete([]);
      await expect(storage.get('a/1/x')).rejects.toMatchObject({ kind: 'storageFailed' });
    });

    test('puts and deletes side by side do not disturb each other', async () => {
      const workers = Array.from({ length: 6 }, (_, worker) => worker);
      await Promise.all(
        workers.map(async (worker) => {
          for (let i = 0; i < 40; i++) {
            const key = `side/by/side/${worker}-${i}`;
            await storage.put(key, Buffer.from('x'));
            await storage.delete([key]);
          }
        }),
      );
      expect(await keys(storage)).toEqual([]);
    });

    test('a copy can be stopped', async () => {
      await storage.put('big/1', randomBytes(20_000_000));
      const stop = new AbortController();
      const copying = storage.getFile('big/1', join(scratch, 'copy'), stop.signal);
      stop.abort();
      await expect(copying).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('an object that can be mapped in place is the same there', async () => {
      await storage.put('a/1', Buffer.from('content'));
      const path = storage.localPath?.('a/1');
      if (path !== undefined) expect(await readFile(path, 'utf8')).toBe('content');
      expect(storage.localPath?.('a/2')).toBeUndefined();
    });

    test.each([
      '',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a/./x',
      'a//x',
      'a/',
      '.hidden',
      'a/.hidden',
      'A/x',
      'a\\x',
      'a\0b',
      'ä',
      `a/${'x'.repeat(600)}`,
    ])('the key %j is refused', async (key) => {
      await expect(storage.put(key, Buffer.from('x'))).rejects.toThrow();
      await expect(storage.get(key)).rejects.toThrow();
      await expect(storage.delete([key])).rejects.toThrow();
      expect(await keys(storage)).toEqual([]);
    });
  });
}

async function list(storage: ObjectStorage, prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of storage.list(prefix)) objects.push(object);
  return objects;
}

async function keys(storage: ObjectStorage, prefix = ''): Promise<string[]> {
  return (await list(storage, prefix)).map((object) => object.key).sort();
}
