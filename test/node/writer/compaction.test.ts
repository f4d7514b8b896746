import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import type { WriterSettings } from '../../../node/writer/writer-settings.ts';
import { SearchRequest } from '../../../proto/generated/node.ts';
import { bytesOf } from '../../../proto/node-protocol/column-codec.ts';
import {
  countAll,
  createCollection,
  deleteIds,
  insert,
  insertRequest,
  queryAll,
  rowsFrom,
  scopeOf,
  testSchema,
  VECTOR_FIELD,
} from './rows.ts';
import { CONTEXT, NEVER, openTestWriter, removeFolder, type TestWriter, temporaryFolder } from './test-writer.ts';
import { readViewRows, streamedDeletes, streamStart } from './view-reader.ts';

let folder: string;
let writer: TestWriter;
let collectionId: number;
let partitionId: number;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(async () => {
  await writer[Symbol.asyncDispose]();
  await removeFolder(folder);
});

async function open(settings: Partial<WriterSettings> = {}, schema = testSchema()): Promise<void> {
  writer = await openTestWriter(folder, { settings });
  collectionId = await createCollection(writer, schema);
  const { collections } = await writer.parts.metadata.readCatalog();
  partitionId = collections[0]!.partitions[0]!.id;
}

const flush = () => writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
const view = async () => (await writer.parts.metadata.readView(collectionId))!;
const statistics = () => writer.node.statistics({ context: CONTEXT, collectionId, partitionIds: [] }, NEVER);

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not in 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function compact(): Promise<number> {
  const { jobId, planCount } = await writer.node.compact(
    { context: CONTEXT, collectionId, partitionId: 0, segmentIds: [], targetBytes: 0 },
    NEVER,
  );
  await until('compaction is done', async () => (await writer.node.job({ context: CONTEXT, jobId }, NEVER)).done);
  const job = await writer.node.job({ context: CONTEXT, jobId }, NEVER);
  expect(job).toMatchObject({ failed: 0, error: '' });
  return planCount;
}

test('merges small segments without their deleted rows; deletes that come later still hold', async () => {
  await open();
  for (let part = 0; part < 3; part++) {
    await insert(writer.node, collectionId, partitionId, rowsFrom(part * 10, 10));
    await flush();
  }
  await deleteIds(writer.node, collectionId, [1n, 11n, 21n]);
  expect((await statistics()).rowCount).toBe(30);
  expect(await compact()).toBe(1);
  const { segments } = await view();
  expect(segments.map(({ rowCount, deletedCount }) => [rowCount, deletedCount])).toEqual([[27, 0]]);
  expect(segments[0]!.compactedFrom).toHaveLength(3);
  expect((await statistics()).rowCount).toBe(27);
  await deleteIds(writer.node, collectionId, [2n]);
  await insert(writer.node, collectionId, partitionId, rowsFrom(100, 1));
  await flush();
  const newest = await view();
  const { collections } = await writer.parts.metadata.readCatalog();
  const deletes = await streamedDeletes(writer.node, collectionId, streamStart(newest));
  const { rows } = await readViewRows(writer.parts.storage, collections[0]!, newest, deletes!);
  expect(rows.size).toBe(27);
  expect(rows.has(2n)).toBe(false);
  expect(await compact()).toBe(1);
  expect(await compact()).toBe(0);
});

test('the state of a job is known after a restart, and a job that was under way goes on', async () => {
  await open();
  const startJob = async () => {
    for (const from of [0, 100]) {
      await insert(writer.node, collectionId, partitionId, rowsFrom(from, 50));
      await flush();
    }
    const request = { context: CONTEXT, collectionId, partitionId: 0, segmentIds: [], targetBytes: 0 };
    return (await writer.node.compact(request, NEVER)).jobId;
  };
  const state = (jobId: number) => writer.node.job({ context: CONTEXT, jobId }, NEVER);
  const restart = async () => {
    await writer[Symbol.asyncDispose]();
    writer = await openTestWriter(folder);
  };
  const first = await startJob();
  await until('the first job is done', async () => (await state(first)).done);
  const before = await state(first);
  expect(before).toMatchObject({
    completed: 1,
    failed: 0,
    plans: [{ sourceIds: [expect.any(Number), expect.any(Number)] }],
  });
  expect(before.plans[0]!.targetId).toBe((await view()).segments[0]!.id);
  await restart();
  expect(await state(first)).toEqual(before);

  const second = await startJob();
  await restart();
  expect(await state(second)).toMatchObject({ failed: 0, plans: [{ sourceIds: expect.any(Array) }] });
  await until('the second job is done', async () => (await state(second)).done);
  const after = await state(second);
  expect(after).toMatchObject({ executing: 0, completed: 1, failed: 0 });
  expect((await view()).segments.map(({ id }) => id)).toContain(after.plans[0]!.targetId);
  await restart();
  expect(await state(second)).toEqual(after);
});

test('happens by itself: small segments are merged, rows deleted, old delete files retired', async () => {
  await open({ compactionEnabled: true, compactionIntervalMs: 50, compactionSegmentsMin: 4, segmentRowsMax: 50 });
  for (let part = 0; part < 8; part++) {
    await insert(writer.node, collectionId, partitionId, rowsFrom(part * 10, 10));
    await flush();
  }
  await until('segments are merged', async () => (await view()).segments.length <= 4);
  await deleteIds(
    writer.node,
    collectionId,
    Array.from({ length: 40 }, (_, id) => BigInt(id)),
  );
  await until('deleted rows are gone', async () => {
    const { segments } = await view();
    return segments.reduce((sum, segment) => sum + segment.rowCount, 0) === 40;
  });
  expect(await countAll(writer.node, collectionId, 0)).toBe(40);
  expect(await countAll(writer.node, collectionId, (await view()).version)).toBe(0);
});

test('rows that outlived the collection are dropped by themselves, whole segments without being opened', async () => {
  const compaction = { compactionEnabled: true, compactionIntervalMs: 50, compactionSegmentsMin: 100 };
  await open({ ...compaction, compactionSmallRatio: 0.0001 });
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10));
  await flush();
  await insert(writer.node, collectionId, partitionId, rowsFrom(10, 10));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await insert(writer.node, collectionId, partitionId, rowsFrom(20, 30));
  await flush();
  expect((await view()).segments.map(({ rowCount }) => rowCount)).toEqual([10, 40]);
  await writer.catalog({
    kind: 'alterCollection',
    database: 'default',
    collection: 'things',
    set: { 'collection.ttl.seconds': '1' },
    unset: [],
  });
  await until('everything is gone', async () => (await view()).segments.length === 0);
  expect(await countAll(writer.node, collectionId, (await view()).version)).toBe(0);
});

test('a client that compacts gets rid of expired rows in the midst of others', async () => {
  await open();
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10));
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await insert(writer.node, collectionId, partitionId, rowsFrom(10, 10));
  await flush();
  const set = { 'collection.ttl.seconds': '2' };
  await writer.catalog({ kind: 'alterCollection', database: 'default', collection: 'things', set, unset: [] });
  expect(await compact()).toBe(1);
  expect((await view()).segments.map(({ rowCount }) => rowCount)).toEqual([10]);
});

test('a segment whose rows are all deleted vanishes', async () => {
  await open();
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10));
  await flush();
  await deleteIds(
    writer.node,
    collectionId,
    rowsFrom(0, 10).map((row) => row.id),
  );
  await compact();
  expect((await view()).segments).toEqual([]);
  expect((await statistics()).rowCount).toBe(0);
});

test('garbage collection frees what is retired or was never published, and nothing else; older views are then refused', async () => {
  await open({ garbageGraceMs: 4_000, retentionMs: 100 });
  for (let part = 0; part < 3; part++) {
    await insert(writer.node, collectionId, partitionId, rowsFrom(part * 10, 10));
    await flush();
  }
  const stale = await view();
  await compact();
  const key = `segments/${collectionId}/999-1-1/columns.arrow`;
  await writer.parts.storage.put(key, new Uint8Array(10));
  await writer.parts.storage.put('segments/readme', new Uint8Array(10));
  const keys = async () => {
    const found: string[] = [];
    for await (const object of writer.parts.storage.list('segments/')) found.push(object.key);
    return found;
  };
  await writer.node.collectGarbage();
  expect((await keys()).includes(key), 'young objects stay').toBe(true);
  expect(await countAll(writer.node, collectionId, 0)).toBe(30);
  await until('the retired segments are freed', async () => {
    await writer.node.collectGarbage();
    return (await writer.parts.metadata.readRetired(100)).segments.length === 0;
  });
  await until('what was never published is freed', async () => {
    await writer.node.collectGarbage();
    return !(await keys()).includes(key);
  });
  const { segments } = await view();
  const named = segments.flatMap(({ prefix, files }) => files.map((file) => prefix + file.name));
  expect((await keys()).sort()).toEqual([...named, 'segments/readme'].sort());
  expect((await writer.parts.metadata.readRetired(100)).segments).toEqual([]);
  await expect(countAll(writer.node, collectionId, 0)).rejects.toMatchObject({ kind: 'segmentNotFound' });
  expect(await countAll(writer.node, collectionId, stale.version)).toBe(0);
  await writer[Symbol.asyncDispose]();
  writer = await openTestWriter(folder);
  await expect(countAll(writer.node, collectionId, 0)).rejects.toMatchObject({ kind: 'segmentNotFound' });
  expect(await countAll(writer.node, collectionId, (await view()).version)).toBe(0);
});

test('sealing by age, filing of deletes by age, and the log is freed', async () => {
  await open({ sealAfterMs: 200, retentionMs: 100 });
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10));
  await until('rows are sealed', async () => (await view()).segments.length === 1);
  await deleteIds(writer.node, collectionId, [1n, 2n]);
  await until('deletes are filed', async () => (await view()).deleteFiles.length === 1);
  const before = await writer.parts.log.byteLength();
  expect(before).toBeGreaterThan(0);
  await writer[Symbol.asyncDispose]();
  writer = await openTestWriter(folder);
  expect(await countAll(writer.node, collectionId, 0)).toBe(8);
  await insert(writer.node, collectionId, partitionId, rowsFrom(20, 1));
  await flush();
  const logs = (await readdir(join(folder, 'wal'))).filter((name) => name.endsWith('.wal'));
  expect(
    logs.every((name) => name.startsWith('0000000002-')),
    `only the second term is left of ${logs}`,
  ).toBe(true);
});

test('the stream of deletes sends what is asked for, a watermark when idle, and says when it is asked too late', async () => {
  await open({ retentionMs: 100, sealAfterMs: 600_000 });
  const { timestamp: written } = await insert(writer.node, collectionId, partitionId, rowsFrom(0, 50));
  await flush();
  const stop = new AbortController();
  const stream = writer.node.watchDeletes({ context: CONTEXT, collectionId, afterTimestamp: written }, stop.signal);
  const first = (await stream.next()).value!;
  expect(first.timestamps.length).toBe(0);
  const idle = (await stream.next()).value!;
  expect(idle.watermark > first.watermark).toBe(true);
  const next = stream.next();
  const { timestamp } = await deleteIds(writer.node, collectionId, [3n, 4n]);
  const event = (await next).value!;
  expect(event.timestamps.length).toBe(16);
  expect(event.watermark >= timestamp).toBe(true);
  expect((await writer.node.timestamp({ context: CONTEXT, collectionId }, NEVER)).lastDelete).toBe(timestamp);
  stop.abort();
  expect((await stream.next()).done).toBe(true);
  await insert(writer.node, collectionId, partitionId, rowsFrom(60, 1));
  await flush();
  await until(
    'old deletes are dropped',
    async () => (await streamedDeletes(writer.node, collectionId, written)) === undefined,
  );
  expect(await streamedDeletes(writer.node, collectionId, streamStart(await view()))).toEqual([]);
});

const HNSW = (metric: string): CatalogCommand => ({
  kind: 'createIndex',
  database: 'default',
  collection: 'things',
  field: 'vector',
  indexName: 'vector',
  params: { index_type: 'HNSW', metric_type: metric, M: '8', efConstruction: '32' },
});
const DIMENSION = 8;

function vectors(first: number, count: number): Float32Array {
  return Float32Array.from({ length: count * DIMENSION }, (_, at) => Math.sin((first * DIMENSION + at) * 12.9898) * 10);
}

async function nearest(metricType: string, id: number, viewVersion: number): Promise<bigint[]> {
  const response = await writer.node.search(
    SearchRequest.fromPartial({
      context: CONTEXT,
      scope: scopeOf(collectionId, viewVersion),
      fieldId: VECTOR_FIELD,
      queries: bytesOf(vectors(id, 1)),
      queryCount: 1,
      k: 3,
      segmentCount: 1,
      metricType,
    }),
    NEVER,
  );
  return [...new BigInt64Array(response.keys!.int64.slice().buffer)];
}

test('an index made later: growing rows follow at once, sealed ones are rewritten, and progress shows it', async () => {
  await open({ compactionEnabled: true, compactionIntervalMs: 600_000 }, testSchema({ dimension: DIMENSION }));
  const write = async (first: number) => {
    const request = insertRequest(collectionId, partitionId, rowsFrom(first, 100), { vectors: vectors(first, 100) });
    await writer.node.insert(request, NEVER);
  };
  await write(0);
  await flush();
  await write(100);
  expect((await statistics()).indexedRowCount).toBe(200);
  await writer.catalog(HNSW('L2'));
  const pending = await statistics();
  expect([pending.rowCount, pending.indexedRowCount]).toEqual([200, 100]);
  await until('the sealed segment is rewritten', async () => (await statistics()).indexedRowCount === 200);
  const [segment] = (await view()).segments;
  expect(segment!.compactedFrom).toHaveLength(1);
  expect(segment!.files.some((file) => file.name.endsWith('.graph'))).toBe(true);
  expect((await nearest('L2', 150, 0))[0]).toBe(150n);
  expect((await nearest('L2', 50, 0))[0]).toBe(50n);
  await flush();
  expect((await nearest('L2', 150, 0))[0]).toBe(150n);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(
    (await view()).segments.map(({ compactedFrom }) => compactedFrom.length).sort(),
    'nothing is rewritten twice',
  ).toEqual([0, 1]);
  expect((await queryAll(writer.node, collectionId, 0)).size).toBe(200);
});
