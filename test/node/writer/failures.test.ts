import { afterEach, beforeEach, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { countAll, createCollection, deleteIds, insert, insertRequest, queryAll, rowsFrom } from './rows.ts';
import {
  CONTEXT,
  NEVER,
  openTestWriter,
  removeFolder,
  type TestWriter,
  type TestWriterOptions,
  temporaryFolder,
  type WriterParts,
} from './test-writer.ts';

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

async function open(options: TestWriterOptions): Promise<void> {
  writer = await openTestWriter(folder, options);
  collectionId = await createCollection(writer);
  const { collections } = await writer.parts.metadata.readCatalog();
  partitionId = collections[0]!.partitions[0]!.id;
}

/** Runs `before` ahead of one method of one plugin. */
function intercept<Kind extends keyof WriterParts>(kind: Kind, method: string, before: () => Promise<void>) {
  return (parts: WriterParts): WriterParts => ({
    ...parts,
    [kind]: new Proxy(parts[kind], {
      get: (target, property) => {
        const value = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== method) return value.bind(target);
        return async (...args: unknown[]) => {
          await before();
          return value.apply(target, args);
        };
      },
    }),
  });
}

test('a full disk refuses writes, leaves nothing half applied, and writes go on when there is room again', async () => {
  let isFull = false;
  const wrap = intercept('log', 'append', async () => {
    if (isFull) throw new BraidError('diskLimitExceeded', 'no space left');
  });
  await open({ wrap });
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10));
  isFull = true;
  const refused = await Promise.allSettled([
    insert(writer.node, collectionId, partitionId, rowsFrom(0, 10, 2), true),
    insert(writer.node, collectionId, partitionId, rowsFrom(50, 10)),
    deleteIds(writer.node, collectionId, [1n]),
  ]);
  expect(refused.map((outcome) => (outcome as PromiseRejectedResult).reason.kind)).toEqual(
    new Array(3).fill('diskLimitExceeded'),
  );
  const rows = await queryAll(writer.node, collectionId, 0);
  expect([...rows]).toEqual(rowsFrom(0, 10).map(({ id, version }) => [id, version]));
  isFull = false;
  await insert(writer.node, collectionId, partitionId, rowsFrom(50, 10));
  await writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
  expect(await countAll(writer.node, collectionId, 0)).toBe(20);
  expect(writer.fatal).toEqual([]);
});

test('a failed fsync ends the writer: nothing is acknowledged, the process is told to exit', async () => {
  let fails = false;
  const wrap = intercept('log', 'append', async () => {
    if (fails) throw new BraidError('internal', 'fsync failed');
  });
  await open({ wrap });
  fails = true;
  await expect(insert(writer.node, collectionId, partitionId, rowsFrom(0, 1))).rejects.toMatchObject({
    kind: 'serviceUnavailable',
  });
  expect(writer.fatal.map((error) => error.kind)).toEqual(['internal']);
  fails = false;
  await expect(insert(writer.node, collectionId, partitionId, rowsFrom(0, 1))).rejects.toThrow(BraidError);
});

test('writes beyond the bytes that may wait for the log are refused and nothing of them stays', async () => {
  const held = Promise.withResolvers<void>();
  const wrap = intercept('log', 'append', () => held.promise);
  await open({ wrap, settings: { inFlightBytesMax: 10_000 } });
  const first = insert(writer.node, collectionId, partitionId, rowsFrom(0, 400));
  await expect(insert(writer.node, collectionId, partitionId, rowsFrom(400, 400))).rejects.toMatchObject({
    kind: 'tooManyRequests',
  });
  held.resolve();
  await first;
  expect(await countAll(writer.node, collectionId, 0)).toBe(400);
  await insert(writer.node, collectionId, partitionId, rowsFrom(400, 400));
});

test('rows that cannot be sealed hold writes back as rate limited', async () => {
  let isAway = true;
  const wrap = intercept('storage', 'putFile', async () => {
    if (isAway) throw new BraidError('storageFailed', 'storage is away');
  });
  await open({ wrap, settings: { segmentRowsMax: 100, unsealedBytesMax: 100_000 } });
  const write = async () => {
    for (let first = 0; first < 20_000; first += 100) {
      await insert(writer.node, collectionId, partitionId, rowsFrom(first, 100));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await expect(write()).rejects.toMatchObject({ kind: 'rateLimited', retriable: true });
  await expect(writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER)).rejects.toMatchObject({
    kind: 'storageFailed',
  });
  const before = await countAll(writer.node, collectionId, 0);
  isAway = false;
  await writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
  const view = (await writer.parts.metadata.readView(collectionId))!;
  expect(view.segments.reduce((sum, segment) => sum + segment.rowCount, 0)).toBe(before);
});

test('a guarantee of the future is waited for, beyond the deadline it fails, and acknowledged writes need no wait', async () => {
  await open({});
  const { timestamp } = await insert(writer.node, collectionId, partitionId, rowsFrom(0, 3));
  const query = (guaranteeTimestamp: bigint, timeoutMs: number) =>
    writer.node.query(
      {
        context: { ...CONTEXT, timeoutMs },
        scope: {
          collectionId,
          schemaVersion: 1,
          partitionIds: [],
          segmentIds: [],
          viewVersion: 0,
          guaranteeTimestamp,
          expiredBefore: 0n,
          expiryFieldId: 0,
        },
        filter: undefined,
        keys: undefined,
        limit: 0,
        outputFieldIds: [],
        countOnly: true,
        aggregation: undefined,
        ignoreGrowing: false,
      },
      NEVER,
    );
  const now = await query(timestamp, 5_000);
  expect(now.count).toBe(3);
  expect(now.state!.appliedTimestamp >= timestamp).toBe(true);
  const soon = timestamp + (300n << 18n);
  expect((await query(soon, 5_000)).state!.appliedTimestamp >= soon).toBe(true);
  await expect(query(timestamp + (60_000n << 18n), 100)).rejects.toMatchObject({ kind: 'deadlineExceeded' });
});

test('what the router could not know is checked again: schema, partition, columns', async () => {
  await open({});
  const good = insertRequest(collectionId, partitionId, rowsFrom(0, 2));
  const refused = async (change: Partial<typeof good>) => {
    try {
      await writer.node.insert({ ...good, ...change }, NEVER);
      return 'nothing';
    } catch (error) {
      return (error as BraidError).kind;
    }
  };
  expect(await refused({ collectionId: 999 })).toBe('collectionNotFound');
  expect(await refused({ partitionId: 999 })).toBe('partitionNotFound');
  expect(await refused({ schemaVersion: 2 })).toBe('schemaMismatch');
  expect(await refused({ columns: good.columns.slice(1) })).toBe('schemaMismatch');
  expect(await refused({ rowCount: 3 })).toBe('parameterInvalid');
  expect(await refused({ columns: good.columns.map((column) => ({ ...column, fieldId: 55 })) })).toBe('schemaMismatch');
  expect(await countAll(writer.node, collectionId, 0)).toBe(0);
});

test('a delete that arrives while a delete file is being written is in the next file or in the log', async () => {
  let onPut = async () => {};
  await open({ wrap: intercept('storage', 'put', () => onPut()) });
  const flush = () => writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
  await insert(writer.node, collectionId, partitionId, rowsFrom(0, 10));
  await flush();
  await deleteIds(writer.node, collectionId, [1n]);
  await insert(writer.node, collectionId, partitionId, rowsFrom(10, 10));
  onPut = async () => {
    onPut = async () => {};
    await deleteIds(writer.node, collectionId, [2n, 12n]);
  };
  await flush();
  await writer[Symbol.asyncDispose]();
  writer = await openTestWriter(folder);
  expect([...(await queryAll(writer.node, collectionId, 0)).keys()].filter((id) => id < 4n || id === 12n)).toEqual([
    0n,
    3n,
  ]);
  const { segments } = (await writer.parts.metadata.readView(collectionId))!;
  expect(segments).toHaveLength(2);
});
