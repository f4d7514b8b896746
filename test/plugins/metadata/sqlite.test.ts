import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { METADATA_LIMITS } from '../../../plugins/metadata/limits.ts';
import { openSqlite } from '../../../plugins/metadata/sqlite/open-sqlite.ts';
import sqlite from '../../../plugins/metadata/sqlite.ts';
import { COLLECTION_ID, leadWithCollection, publication } from '../../contract/metadata/records.ts';
import { metadataContract } from '../../contract/metadata-contract.ts';
import { testHost } from './test-host.ts';

const WRITER = fileURLToPath(new URL('./sqlite-writer-process.ts', import.meta.url));

const newFolder = () => mkdtemp(join(tmpdir(), 'braid-sqlite-'));

metadataContract('sqlite', async () => {
  const folder = await newFolder();
  return {
    open: () => sqlite.open({}, testHost(folder)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
});

describe('a sqlite file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('lies in the data folder, in folders that are made for it', async () => {
    await (await sqlite.open({}, testHost(folder)))[Symbol.asyncDispose]();
    await (await sqlite.open({ path: 'deep/down/m.db' }, testHost(folder)))[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['deep', 'metadata.sqlite']));
    expect(await readdir(join(folder, 'deep', 'down'))).toEqual(['m.db']);
  });

  test('is written ahead and synced with every commit', async () => {
    await using database = await openSqlite(join(folder, 'm.db'), testHost(folder));
    const pragma = async (name: string) => (await sql.raw(`pragma ${name}`).execute(database.writes)).rows;
    expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }]);
  });

  test('is shared by processes; one that is killed loses nothing that it was told is done', async () => {
    const store = await sqlite.open({}, testHost(folder));
    const { lease } = await leadWithCollection(store);
    const processes = [1_000, 2_000, 3_000].map((firstId) => {
      const count = firstId === 3_000 ? 1_000 : 60;
      const args = [WRITER, folder, `${lease.term}`, `${firstId}`, `${count}`];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      return { child, exit: once(child, 'exit') };
    });
    const acknowledged: number[] = [];
    for (const { child } of processes) {
      createInterface(child.stdout).on('line', (line) => {
        acknowledged.push(Number(line));
        if (Number(line) === 3_030) child.kill('SIGKILL');
      });
    }
    let areDone = false;
    const exits = Promise.all(processes.map(({ exit }) => exit)).finally(() => {
      areDone = true;
    });
    // Every publication adds one segment: a view that is not of one moment has too many or too few.
    while (!areDone) {
      const view = await store.readView(COLLECTION_ID);
      expect(view!.segments).toHaveLength(view!.version);
    }
    expect(await exits).toEqual([
      [0, null],
      [0, null],
      [null, 'SIGKILL'],
    ]);
    const view = await store.readView(COLLECTION_ID);
    const ids = new Set(view!.segments.map((segment) => segment.id));
    expect(ids.size).toBe(view!.version);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(60 + 60 + 31);
    await store[Symbol.asyncDispose]();
  });

  test('that another process keeps locked is waited for without holding the event loop, and not for ever', async () => {
    const store = await sqlite.open({}, testHost(folder));
    const leader = await leadWithCollection(store);
    const blocker = new DatabaseSync(join(folder, 'metadata.sqlite'));
    blocker.exec('begin immediate');
    let turns = 0;
    const startMs = performance.now();
    const timer = setInterval(() => turns++, 5);
    await expect(leader.apply(publication())).rejects.toMatchObject({ kind: 'serviceUnavailable' });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(100);
    expect(performance.now() - startMs).toBeLessThan(METADATA_LIMITS.retryWindowMs + 4_000);
    expect(await store.catalogVersion()).toBe(1);

    const waiting = leader.apply(publication());
    setTimeout(() => blocker.close(), 200);
    expect(await waiting).toBe(2);
    await store[Symbol.asyncDispose]();
  });

  test('is not waited for by a process that shuts down', async () => {
    const shutdown = new AbortController();
    const store = await sqlite.open({}, testHost(folder, { signal: shutdown.signal }));
    const leader = await leadWithCollection(store);
    shutdown.abort();
    await leader.apply(publication());
    const blocker = new DatabaseSync(join(folder, 'metadata.sqlite'));
    blocker.exec('begin immediate');
    const startMs = performance.now();
    await expect(leader.apply(publication())).rejects.toMatchObject({ kind: 'serviceUnavailable' });
    expect(performance.now() - startMs).toBeLessThan(1_000);
    blocker.close();
    await store[Symbol.asyncDispose]();
  });

  test.each([
    ['is a folder', 'serviceUnavailable', (path: string) => mkdir(path)],
    ['is something else', 'internal', (path: string) => writeFile(path, 'hello '.repeat(1_000))],
  ])('that %s is refused', async (_what, kind, make) => {
    await make(join(folder, 'metadata.sqlite'));
    await expect(sqlite.open({}, testHost(folder))).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(join(folder, 'metadata.sqlite')),
    });
  });

  test('in a place where no folder can be made is refused', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(sqlite.open({ path: 'file/m.db' }, testHost(folder))).rejects.toMatchObject({
      kind: 'serviceUnavailable',
    });
  });
});
