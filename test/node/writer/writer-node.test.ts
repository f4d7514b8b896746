import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countAll, createCollection, deleteIds, insert, queryAll, rowsFrom } from './rows.ts';
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
