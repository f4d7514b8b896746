import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bytesColumnFrom } from '../../../core/columns/column-operations.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { decodeKeys, encodeColumn, encodeKeys } from '../../../proto/node-protocol/column-codec.ts';
import { NODE_PROTOCOL_LIMITS } from '../../../proto/node-protocol/limits.ts';
import {
  countAll,
  createCollection,
  deleteIds,
  ID_FIELD,
  insert,
  insertRequest,
  queryAll,
  rowsFrom,
  testSchema,
} from './rows.ts';
import { CONTEXT, NEVER, openTestWriter, removeFolder, type TestWriter, temporaryFolder } from './test-writer.ts';

let folder: string;
let writer: TestWriter;
let collectionId: number;
let partitionId: number;

beforeEach(async () => {
  folder = await temporaryFolder();
  writer = await openTestWriter(folder);
  collectionId = await createCollection(writer);
  partitionId = await defaultPartition();
});

afterEach(async () => {
  await writer[Symbol.asyncDispose]();
  await removeFolder(folder);
});

async function defaultPartition(): Promise<number> {
  const { collections } = await writer.parts.metadata.readCatalog();
  return collections.find((collection) => collection.id === collectionId)!.partitions[0]!.id;
}

async function reopen(): Promise<void> {
  await writer[Symbol.asyncDispose]();
  writer = await openTestWriter(folder);
}

describe('rows', () => {
  test('are there as soon as the insert resolves, in the order of the calls', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map((version) => insert(writer.node, collectionId, partitionId, rowsFrom(0, 10, version), true)),
    );
    expect(answers.map((answer) => answer.rowCount)).toEqual([10, 10, 10]);
    expect(answers[0]!.timestamp < answers[1]!.timestamp && answers[1]!.timestamp < answers[2]!.timestamp).toBe(true);
    const rows = await queryAll(writer.node, collectionId, 0);
    expect([...rows.values()]).toEqual(new Array(10).fill(3n));
    expect(await countAll(writer.node, collectionId, 0)).toBe(10);
  });

  test('survive a restart, deletes and upserts included', async () => {
    await insert(writer.node, collectionId, partitionId, rowsFrom(0, 100));
    await deleteIds(writer.node, collectionId, [3n, 4n]);
    await insert(writer.node, collectionId, partitionId, rowsFrom(10, 5, 2), true);
    await reopen();
    const rows = await queryAll(writer.node, collectionId, 0);
    expect(rows.size).toBe(98);
    expect(rows.get(12n)).toBe(2n);
    expect(rows.has(3n)).toBe(false);
    await reopen();
    expect(await queryAll(writer.node, collectionId, 0)).toEqual(rows);
  });

  test('are published by a flush and then answered for older views only', async () => {
    await insert(writer.node, collectionId, partitionId, rowsFrom(0, 50));
    const { collections } = await writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
    expect(collections[0]!.segmentIds).toHaveLength(1);
    const view = await writer.parts.metadata.readView(collectionId);
    expect(view!.segments.map((segment) => segment.rowCount)).toEqual([50]);
    expect((await queryAll(writer.node, collectionId, 0)).size).toBe(50);
    expect((await queryAll(writer.node, collectionId, view!.version)).size).toBe(0);
    await insert(writer.node, collectionId, partitionId, rowsFrom(50, 1));
    expect((await queryAll(writer.node, collectionId, view!.version)).size).toBe(1);
    expect((await queryAll(writer.node, collectionId, 0)).size).toBe(51);
    await reopen();
    expect((await queryAll(writer.node, collectionId, view!.version)).size).toBe(1);
    expect((await queryAll(writer.node, collectionId, 0)).size).toBe(51);
  });
});

test('a delete in one partition leaves the rows of others, also after a flush and a restart', async () => {
  const created = await writer.catalog({
    kind: 'createPartition',
    database: 'default',
    collection: 'things',
    partition: 'second',
  });
  const second = created['partitionId'] as number;
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10, 1));
  await insert(writer.node, collectionId, second, rowsFrom(0, 10, 2));
  await writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
  await deleteIds(writer.node, collectionId, [3n], [second]);
  await deleteIds(writer.node, collectionId, [4n], [partitionId, second]);
  const expected = async (): Promise<void> => {
    const rows = await queryAll(writer.node, collectionId, 0);
    expect([rows.get(2n), rows.get(3n), rows.get(4n)]).toEqual([2n, 1n, undefined]);
    expect(await countAll(writer.node, collectionId, 0)).toBe(17);
  };
  await expected();
  await insert(writer.node, collectionId, second, rowsFrom(50, 1));
  await writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
  await deleteIds(writer.node, collectionId, [50n]);
  await reopen();
  await expected();
});

test('keys may be texts: upserts, deletes, delete files and the log keep them', async () => {
  const id = await createCollection(writer, testSchema({ name: 'texts', textKey: true }));
  const { collections } = await writer.parts.metadata.readCatalog();
  const partition = collections.find((collection) => collection.id === id)!.partitions[0]!.id;
  const write = (names: string[], version: number, upsert: boolean) => {
    const rows = names.map((_, index) => ({ id: BigInt(index), version: BigInt(version) }));
    const request = insertRequest(id, partition, rows, { upsert, withoutKey: true });
    const key = encodeColumn(ID_FIELD, bytesColumnFrom(DataType.VarChar, names));
    return writer.node.insert({ ...request, columns: [key, ...request.columns] }, NEVER);
  };
  const remove = (names: string[]) =>
    writer.node.delete({ context: CONTEXT, collectionId: id, partitionIds: [], keys: encodeKeys(names) }, NEVER);
  const flush = () => writer.node.flush({ context: CONTEXT, collectionIds: [id] }, NEVER);
  expect(decodeKeys((await write(['a', 'b', 'ß', 'd'], 1, false)).keys)).toEqual(['a', 'b', 'ß', 'd']);
  await flush();
  await write(['ß', 'e'], 2, true);
  await remove(['a']);
  await flush();
  await remove(['d']);
  await reopen();
  const rows = await queryAll(writer.node, id, 0);
  expect([...rows] as unknown).toEqual([
    ['b', 1n],
    ['e', 2n],
    ['ß', 2n],
  ]);
  await expect(deleteIds(writer.node, id, [1n])).rejects.toMatchObject({ kind: 'parameterInvalid' });
});

test('closing finishes the writes in flight and refuses the others; what was acknowledged is there', async () => {
  const writes = Array.from({ length: 40 }, (_, index) =>
    insert(writer.node, collectionId, partitionId, rowsFrom(index * 5, 5)),
  );
  const closing = writer[Symbol.asyncDispose]();
  const late = insert(writer.node, collectionId, partitionId, rowsFrom(1_000, 5));
  const outcomes = await Promise.allSettled([...writes, late]);
  expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { kind: 'serviceUnavailable' } });
  const acknowledged = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
  expect(acknowledged).toBe(40);
  await closing;
  writer = await openTestWriter(folder);
  expect(await countAll(writer.node, collectionId, 0)).toBe(acknowledged * 5);
});

test('the status comes at once, after every change of the catalog, and when nothing changes', async () => {
  const stop = new AbortController();
  const statuses = writer.node.watchStatus({ context: CONTEXT }, stop.signal);
  const first = (await statuses.next()).value!;
  expect(first).toMatchObject({ nodeId: 'writer-1', roles: ['writer'], term: 1, draining: false });
  const next = statuses.next();
  await createCollection(writer, testSchema({ name: 'more' }));
  expect((await next).value!.catalogVersion).toBe(first.catalogVersion + 1);
  const startMs = performance.now();
  const idle = (await statuses.next()).value!;
  const waitedMs = performance.now() - startMs;
  expect(waitedMs).toBeGreaterThan(NODE_PROTOCOL_LIMITS.statusIntervalMs / 2);
  expect(idle.sequence).toBe(3);
  stop.abort();
  expect((await statuses.next()).done).toBe(true);
});
