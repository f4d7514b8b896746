import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CollectionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import type { BraidError } from '../../../core/errors.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import {
  countAll,
  createCollection,
  insert,
  insertRequest,
  queryAll,
  rowsFrom,
  TEXT_FIELD,
  testSchema,
} from './rows.ts';
import { CONTEXT, NEVER, openTestWriter, removeFolder, type TestWriter, temporaryFolder } from './test-writer.ts';

let folder: string;
let writer: TestWriter;

beforeEach(async () => {
  folder = await temporaryFolder();
  writer = await openTestWriter(folder);
});

afterEach(async () => {
  await writer[Symbol.asyncDispose]();
  await removeFolder(folder);
});

const database = 'default';
const NAME = 'things';

async function refusal(command: CatalogCommand): Promise<Pick<BraidError, 'kind' | 'code' | 'message'>> {
  try {
    await writer.catalog(command);
  } catch (error) {
    const { kind, code, message } = error as BraidError;
    return { kind, code, message };
  }
  throw new Error(`${command.kind} was not refused`);
}

async function record(name = NAME): Promise<CollectionRecord> {
  const { collections } = await writer.parts.metadata.readCatalog();
  return collections.find((collection) => collection.name === name)!;
}

async function reopen(): Promise<void> {
  await writer[Symbol.asyncDispose]();
  writer = await openTestWriter(folder);
}

const createIndex = (indexName: string, params: Record<string, string>, field = 'vector'): CatalogCommand => ({
  kind: 'createIndex',
  database,
  collection: NAME,
  field,
  indexName,
  params,
});
const HNSW = { index_type: 'HNSW', metric_type: 'L2' };
const load = (partitions: string[] = []): CatalogCommand => ({
  kind: 'load',
  database,
  collection: NAME,
  partitions,
  replicaCount: 1,
});
const release = (partitions: string[] = []): CatalogCommand => ({
  kind: 'release',
  database,
  collection: NAME,
  partitions,
});
const partition = (kind: 'createPartition' | 'dropPartition', name: string): CatalogCommand => ({
  kind,
  database,
  collection: NAME,
  partition: name,
});

describe('databases', () => {
  test('default is there with id 1; others come, change and go', async () => {
    const { databases } = await writer.parts.metadata.readCatalog();
    expect(databases.map(({ id, name }) => ({ id, name }))).toEqual([{ id: 1, name: 'default' }]);
    await writer.catalog({ kind: 'createDatabase', database: 'other', properties: { a: '1' } });
    expect((await refusal({ kind: 'createDatabase', database: 'other', properties: {} })).message).toBe(
      'database already exist: other',
    );
    await writer.catalog({ kind: 'alterDatabase', database: 'other', set: { b: '2' }, unset: ['a'] });
    expect((await writer.parts.metadata.readCatalog()).databases[1]!.properties).toEqual({ b: '2' });
    await writer.catalog({ kind: 'dropDatabase', database: 'other' });
    await writer.catalog({ kind: 'dropDatabase', database: 'other' });
    expect(await refusal({ kind: 'dropDatabase', database: 'default' })).toMatchObject({
      message: 'can not drop default database',
    });
    expect(await refusal({ kind: 'alterDatabase', database: 'other', set: {}, unset: [] })).toMatchObject({
      code: 800,
      message: 'database not found[database=other]',
    });
  });

  test('one that holds a collection is not dropped', async () => {
    await writer.catalog({ kind: 'createDatabase', database: 'other', properties: {} });
    await createCollection(writer);
    await writer.catalog({
      kind: 'renameCollection',
      database,
      collection: NAME,
      newDatabase: 'other',
      newName: 'moved',
    });
    expect((await refusal({ kind: 'dropDatabase', database: 'other' })).message).toContain('not empty');
    expect(await record('moved')).toMatchObject({ name: 'moved', schema: { name: 'moved' } });
  });
});

describe('collections', () => {
  test('creating the same again succeeds, another definition is refused', async () => {
    const id = await createCollection(writer);
    expect(await createCollection(writer)).toBe(id);
    await expect(createCollection(writer, testSchema({ dimension: 4 }))).rejects.toThrow(
      /create duplicate collection with different parameters/,
    );
    await reopen();
    expect(await createCollection(writer)).toBe(id);
  });

  test('dropping takes the rows along, and the name is free', async () => {
    const first = await createCollection(writer);
    await insert(writer.node, first, (await record()).partitions[0]!.id, rowsFrom(0, 10));
    await writer.node.flush({ context: CONTEXT, collectionIds: [first] }, NEVER);
    await insert(writer.node, first, (await record()).partitions[0]!.id, rowsFrom(10, 10));
    await writer.catalog({ kind: 'dropCollection', database, collection: NAME });
    await writer.catalog({ kind: 'dropCollection', database, collection: NAME });
    await writer.catalog({ kind: 'dropCollection', database: 'nowhere', collection: NAME });
    await expect(countAll(writer.node, first, 0)).rejects.toMatchObject({ kind: 'collectionNotFound' });
    const second = await createCollection(writer);
    expect(second).not.toBe(first);
    await reopen();
    expect(await countAll(writer.node, second, 0)).toBe(0);
    expect((await writer.parts.metadata.readRetired(10)).segments).toHaveLength(1);
  });

  test('truncating takes the rows, keeps the rest, and what is written then stays', async () => {
    // Rows of another collection hold the log: what is truncated here is still in it.
    const other = await createCollection(writer, testSchema({ name: 'others' }));
    await insert(writer.node, other, (await record('others')).partitions[0]!.id, rowsFrom(0, 1));
    const id = await createCollection(writer);
    const partitionId = (await record()).partitions[0]!.id;
    await insert(writer.node, id, partitionId, rowsFrom(0, 10));
    await writer.node.flush({ context: CONTEXT, collectionIds: [id] }, NEVER);
    await insert(writer.node, id, partitionId, rowsFrom(10, 10));
    await writer.catalog({ kind: 'truncateCollection', database, collection: NAME });
    // Readers may still have sealed rows of the view before: together with what is left here they would be a part of the rows.
    await expect(countAll(writer.node, id, 1)).rejects.toMatchObject({ kind: 'segmentNotFound' });
    const { version } = (await writer.parts.metadata.readView(id))!;
    expect(await countAll(writer.node, id, version)).toBe(0);
    await insert(writer.node, id, partitionId, rowsFrom(5, 3));
    expect([...(await queryAll(writer.node, id, version)).keys()]).toEqual([5n, 6n, 7n]);
    await reopen();
    expect([...(await queryAll(writer.node, id, version)).keys()]).toEqual([5n, 6n, 7n]);
    expect((await writer.parts.metadata.readView(id))!.segments).toEqual([]);
    expect(await refusal({ kind: 'truncateCollection', database, collection: 'none' })).toMatchObject({
      code: 100,
      message: "can't find collection[database=default][collection=none]",
    });
  });

  test('an added field reads as its default in rows that were there', async () => {
    const id = await createCollection(writer);
    const partitionId = (await record()).partitions[0]!.id;
    await insert(writer.node, id, partitionId, rowsFrom(0, 2));
    await writer.node.flush({ context: CONTEXT, collectionIds: [id] }, NEVER);
    await insert(writer.node, id, partitionId, rowsFrom(2, 2));
    const field = { ...(await record()).schema.fields[1]!, id: 0, name: 'added', nullable: true, defaultValue: 7n };
    const { fieldId } = await writer.catalog({ kind: 'addField', database, collection: NAME, field });
    expect(fieldId).toBe(TEXT_FIELD + 1);
    expect((await queryAll(writer.node, id, 0, 'added == 7')).size).toBe(4);
    await insert(writer.node, id, partitionId, rowsFrom(4, 1));
    await reopen();
    expect((await queryAll(writer.node, id, 0, 'added == 7')).size).toBe(5);
    expect((await refusal({ kind: 'addField', database, collection: NAME, field })).message).toContain(
      'duplicated field name',
    );
    const strict = { ...field, name: 'strict', nullable: false };
    expect((await refusal({ kind: 'addField', database, collection: NAME, field: strict })).kind).toBe(
      'parameterInvalid',
    );
  });

  test('properties and fields are altered, mmap only while the collection is not loaded', async () => {
    await createCollection(writer, testSchema());
    await writer.catalog({
      kind: 'alterCollection',
      database,
      collection: NAME,
      set: { 'mmap.enabled': 'true', other: 'x' },
      unset: [],
    });
    expect((await record()).properties).toEqual({ 'mmap.enabled': 'true', other: 'x' });
    await writer.catalog(load());
    expect(
      await refusal({ kind: 'alterCollection', database, collection: NAME, set: {}, unset: ['mmap.enabled'] }),
    ).toMatchObject({ code: 104 });
    await writer.catalog({ kind: 'alterCollection', database, collection: NAME, set: {}, unset: ['other'] });
    const field = { ...(await record()).schema.fields[2]!, maxLength: 2_000 };
    await writer.catalog({ kind: 'alterField', database, collection: NAME, field });
    expect((await record()).schema).toMatchObject({ version: 2, fields: [{}, {}, { maxLength: 2_000 }] });
  });

  test('assigned keys are positive, grow with the rows, and are new after a restart', async () => {
    const id = await createCollection(writer, testSchema({ autoId: true }));
    const partitionId = (await record()).partitions[0]!.id;
    const write = () =>
      writer.node.insert(insertRequest(id, partitionId, rowsFrom(0, 50), { withoutKey: true }), NEVER);
    const keysOf = (bytes: Uint8Array) => [...new BigInt64Array(bytes.slice().buffer)];
    const before = keysOf((await write()).keys!.int64);
    await reopen();
    const keys = [...before, ...keysOf((await write()).keys!.int64)];
    expect(keys).toEqual([...keys].sort((left, right) => (left < right ? -1 : 1)));
    expect(new Set(keys).size).toBe(100);
    expect(keys[0]! > 0n).toBe(true);
    expect([...(await queryAll(writer.node, id, 0)).keys()]).toEqual(keys);
  });
});

describe('partitions', () => {
  test('come and go with their rows; _default and loaded ones stay', async () => {
    const id = await createCollection(writer);
    const { partitionId } = await writer.catalog(partition('createPartition', 'second'));
    expect(await writer.catalog(partition('createPartition', 'second'))).toMatchObject({ partitionId });
    await insert(writer.node, id, (await record()).partitions[0]!.id, rowsFrom(0, 5));
    await insert(writer.node, id, partitionId as number, rowsFrom(10, 5));
    await writer.node.flush({ context: CONTEXT, collectionIds: [id] }, NEVER);
    // Rows of the other partition hold the log.
    await insert(writer.node, id, (await record()).partitions[0]!.id, rowsFrom(5, 1));
    await insert(writer.node, id, partitionId as number, rowsFrom(20, 5));
    await writer.catalog(load());
    expect((await refusal(partition('dropPartition', 'second'))).message).toContain('please release it first');
    expect((await refusal(partition('dropPartition', '_default'))).message).toContain('default partition');
    await writer.catalog(release());
    await writer.catalog(partition('dropPartition', 'second'));
    await writer.catalog(partition('dropPartition', 'second'));
    expect([...(await queryAll(writer.node, id, 0)).keys()]).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    await reopen();
    expect(await countAll(writer.node, id, 0)).toBe(6);
    const view = (await writer.parts.metadata.readView(id))!;
    expect(view.segments.map((segment) => segment.rowCount)).toEqual([5]);
    await expect(insert(writer.node, id, partitionId as number, rowsFrom(0, 1))).rejects.toMatchObject({
      kind: 'partitionNotFound',
    });
  });

  test('of a partition key are made once and are not for clients', async () => {
    const schema = testSchema();
    const fields = schema.fields.map((field) =>
      field.dataType === DataType.VarChar ? { ...field, isPartitionKey: true } : field,
    );
    const command = {
      database,
      schema: { ...schema, fields },
      consistencyLevel: 2,
      shardsCount: 1,
      properties: {},
    } as const;
    await writer.catalog({ kind: 'createCollection', ...command, partitionsCount: 16 });
    expect((await record()).partitions.map(({ name }) => name).slice(0, 2)).toEqual(['_default_0', '_default_1']);
    expect((await refusal(partition('createPartition', 'mine'))).message).toBe(
      'disable create partition if partition key mode is used',
    );
  });
});

test('aliases: one name for one thing, dropped before their collection', async () => {
  await createCollection(writer);
  await createCollection(writer, testSchema({ name: 'others' }));
  const alias = (kind: 'createAlias' | 'alterAlias', collection: string, name = 'short'): CatalogCommand => ({
    kind,
    database,
    collection,
    alias: name,
  });
  expect(await refusal(alias('alterAlias', NAME))).toMatchObject({ code: 1600 });
  await writer.catalog(alias('createAlias', NAME));
  await writer.catalog(alias('createAlias', NAME));
  expect(await refusal(alias('createAlias', 'others'))).toMatchObject({ code: 1602 });
  expect(await refusal(alias('createAlias', 'others', NAME))).toMatchObject({ code: 1601 });
  await expect(createCollection(writer, testSchema({ name: 'short' }))).rejects.toMatchObject({ code: 1601 });
  expect((await refusal({ kind: 'dropCollection', database, collection: NAME })).message).toContain(
    'associated aliases [short]',
  );
  expect((await refusal({ kind: 'dropCollection', database, collection: 'short' })).message).toContain('via alias');
  await writer.catalog(alias('alterAlias', 'others'));
  await writer.catalog({ kind: 'dropCollection', database, collection: NAME });
  await writer.catalog({ kind: 'dropAlias', database, alias: 'short' });
  await writer.catalog({ kind: 'dropAlias', database, alias: 'short' });
});

describe('indexes and loading', () => {
  test('an index is one per field, and loading needs one on every vector field', async () => {
    await createCollection(writer, testSchema({ dimension: 4 }));
    expect(await refusal(load())).toMatchObject({
      code: 700,
      message: expect.stringContaining('there is no vector index on field: [vector]'),
    });
    expect((await refusal(createIndex('', HNSW, 'nothing'))).message).toContain('non-exist');
    const { indexId, indexName } = await writer.catalog(createIndex('', HNSW));
    expect(indexName).toBe('vector');
    expect(await writer.catalog(createIndex('', HNSW))).toMatchObject({ indexId });
    expect((await refusal(createIndex('', { ...HNSW, metric_type: 'IP' }))).message).toContain(
      'at most one distinct index is allowed per field',
    );
    expect((await refusal(createIndex('two', HNSW))).message).toContain('creating multiple indexes on same field');
    await writer.catalog(load());
    await writer.catalog(load());
    expect((await record()).partitions.every((one) => one.loaded)).toBe(true);
    const alter: CatalogCommand = {
      kind: 'alterIndex',
      database,
      collection: NAME,
      indexName: 'vector',
      set: { 'mmap.enabled': 'true' },
      unset: [],
    };
    const drop: CatalogCommand = { kind: 'dropIndex', database, collection: NAME, indexName: 'vector' };
    expect(await refusal(alter)).toMatchObject({ code: 104 });
    expect((await refusal(drop)).message).toContain('vector index cannot be dropped on loaded collection');
    await writer.catalog(release());
    await writer.catalog(release());
    await writer.catalog(alter);
    expect((await record()).indexes[0]!.params).toMatchObject({ 'mmap.enabled': 'true' });
    await writer.catalog(drop);
    await writer.catalog(drop);
    expect(await refusal(alter)).toMatchObject({ code: 700 });
  });

  test('new partitions are loaded after the collection was, not after single partitions were', async () => {
    await createCollection(writer);
    const loadedOnes = async () => (await record()).partitions.filter((one) => one.loaded).map((one) => one.name);
    await writer.catalog(load());
    await writer.catalog(partition('createPartition', 'a'));
    expect(await loadedOnes()).toEqual(['_default', 'a']);
    await writer.catalog(release(['a']));
    await writer.catalog(partition('createPartition', 'b'));
    expect(await loadedOnes()).toEqual(['_default']);
    await writer.catalog(release());
    await writer.catalog(load(['b']));
    await writer.catalog(partition('createPartition', 'c'));
    expect(await loadedOnes()).toEqual(['b']);
    expect(await refusal(load(['none']))).toMatchObject({ code: 200 });
  });
});
