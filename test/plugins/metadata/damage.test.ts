import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { METADATA_LIMITS } from '../../../plugins/metadata/limits.ts';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';
import sqlite from '../../../plugins/metadata/sqlite.ts';
import {
  COLLECTION_ID,
  deleteFileRecord,
  type Leader,
  leadWithCollection,
  publication,
  segmentRecord,
} from '../../contract/metadata/records.ts';
import { testHost } from './test-host.ts';

describe('metadata that somebody else has changed', () => {
  let folder: string;
  let store: MetadataStore;
  let leader: Leader;
  let file: DatabaseSync;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'braid-damage-'));
    store = await sqlite.open({}, testHost(folder));
    leader = await leadWithCollection(store);
    await leader.apply(publication({ addSegments: [segmentRecord(10)], addDeleteFiles: [deleteFileRecord(20)] }));
    file = new DatabaseSync(join(folder, 'metadata.sqlite'));
  });
  afterEach(async () => {
    file.close();
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test.each([
    ['catalog version', "update braid_cluster set catalog_version = 1, next_id = 99, timestamp_bound = '99'"],
    ['term', 'update braid_cluster set term = 0'],
    ['next id', 'update braid_cluster set next_id = 3'],
    ['timestamp bound', "update braid_cluster set timestamp_bound = '6'"],
  ])('went back in time (%s): every verb is refused from then on', async (what, statement) => {
    const { term } = leader.lease;
    await store.reserveIds(term, 5);
    await store.reserveTimestamps(term, 7n);
    await store.catalogVersion();
    file.exec(statement);
    const wentBack = { kind: 'internal', message: expect.stringContaining(`went back in time: ${what}`) };
    await expect(store.reserveIds(term, 1)).rejects.toMatchObject(wentBack);
    // Even when the numbers have been overtaken.
    file.exec("update braid_cluster set catalog_version = 1000, term = 9, next_id = 1000, timestamp_bound = '1000'");
    await expect(store.catalogVersion()).rejects.toMatchObject(wentBack);
    await expect(store.readView(COLLECTION_ID)).rejects.toMatchObject(wentBack);
    await expect(store.apply(9, 'late', [])).rejects.toMatchObject(wentBack);
    await expect(store.acquireLease('writer-1', 1_000)).rejects.toMatchObject(wentBack);
    expect(file.prepare('select catalog_version from braid_cluster').get()).toEqual({ catalog_version: 1_000 });
  });

  test('a write that finds metadata of the past leaves it alone', async () => {
    await store.catalogVersion();
    file.exec('update braid_cluster set catalog_version = 1');
    await expect(leader.apply(publication())).rejects.toMatchObject({ kind: 'internal' });
    expect(file.prepare('select version from braid_views').get()).toEqual({ version: 1 });
  });

  test.each([
    ['braid_collections', 'document', '{"schema":', 'collection 2'],
    ['braid_collections', 'document', '{}', 'collection 2'],
    ['braid_databases', 'document', '{"createdTimestamp":5,"properties":{}}', '/createdTimestamp'],
    ['braid_databases', 'document', '{"createdTimestamp":{"$bigint":"5x"},"properties":{}}', 'database 1'],
    ['braid_databases', 'document', '{"createdTimestamp":{"$bigint":"5"},"properties":{"$a":"b"}}', 'database 1'],
    ['braid_databases', 'document', '{"createdTimestamp":{"$bigint":"5"},"properties":{"a":1}}', '/properties'],
  ])('a damaged record of the catalog is refused: %s.%s = %s', async (table, column, value, named) => {
    file.prepare(`update ${table} set ${column} = ?`).run(value);
    await expect(store.readCatalog()).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringMatching(new RegExp(`metadata is damaged.*${named}`)),
    });
  });

  test.each([
    ['braid_segments', 'files', '[{"name":"a","byteLength":1}]', 'segment 10 files'],
    ['braid_segments', 'files', '{}', 'segment 10 files'],
    ['braid_segments', 'compacted_from', '[1,"2"]', 'segment 10 compacted_from'],
    ['braid_segments', 'compacted_from', '', 'segment 10 compacted_from'],
    ['braid_segments', 'min_timestamp', '-1', 'segment 10 min_timestamp'],
    ['braid_segments', 'max_timestamp', '', 'segment 10 max_timestamp'],
    ['braid_delete_files', 'to_timestamp', '1e3', 'delete file 20 to_timestamp'],
    ['braid_views', 'sealed_timestamp', 'x', 'sealed_timestamp'],
  ])('a damaged record of a view is refused: %s.%s = %s', async (table, column, value, named) => {
    file.prepare(`update ${table} set ${column} = ?`).run(value);
    await expect(store.readView(COLLECTION_ID)).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringMatching(new RegExp(`metadata is damaged.*${named}`)),
    });
  });

  test('a missing row of the cluster is refused', async () => {
    file.exec('delete from braid_cluster');
    await expect(store.catalogVersion()).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringContaining('braid_cluster'),
    });
  });

  test('tables of a newer version are refused', async () => {
    file.exec("insert into braid_migrations values ('0002_later', '2026-01-01T00:00:00.000Z')");
    await expect(sqlite.open({}, testHost(folder))).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringContaining('another version of braid'),
    });
  });

  test('operation ids are forgotten after a bounded number of later ones, and not before', async () => {
    const { operationsKept, operationsPruneEvery } = METADATA_LIMITS;
    const { term } = leader.lease;
    const version = 10 * operationsKept;
    file.exec(`update braid_cluster set catalog_version = ${version}`);
    const insert = file.prepare('insert into braid_operations values (?, ?, ?)');
    file.exec('begin');
    for (let old = version - 2 * operationsKept; old <= version; old++) insert.run(`old-${old}`, old, term);
    file.exec('commit');
    let latest = version;
    while (latest % operationsPruneEvery !== 0 || latest === version) latest = await leader.apply();
    expect(file.prepare('select count(*) as n from braid_operations').get()).toEqual({ n: operationsKept });
    const oldest = latest - operationsKept + 1;
    expect(await store.apply(term, `old-${oldest}`, [])).toBe(oldest);
    expect(await store.catalogVersion()).toBe(latest);
  });
});
