import { expect, test } from 'vitest';
import type { MetadataSubject } from '../metadata-contract.ts';
import {
  COLLECTION_ID,
  collectionRecord,
  DATABASE_ID,
  databaseRecord,
  lead,
  leadWithCollection,
  publication,
} from './records.ts';

/** All different to a store that compares names as they are. */
const NAMES = [
  'books',
  'Books',
  'BOOKS',
  'books ',
  ' books',
  'bööks',
  'bo\u0308oks',
  "b'; drop table braid_collections; --",
  '"books"',
  '`books`',
  'books\\',
  "books\\'",
  'b%',
  'b_',
  'null',
  '日本語',
  '📚',
  '📖',
  'ß',
  'ss',
  'line\nbreak',
  'x'.repeat(255),
  '語'.repeat(255),
];

export function catalogContract(subject: MetadataSubject): void {
  test('an empty catalog has version 0', async () => {
    const store = await subject.open();
    expect(await store.readCatalog()).toEqual({
      version: 0,
      databases: [],
      collections: [],
      aliases: [],
      resourceGroups: [],
      viewVersions: new Map(),
    });
    expect(await store.readCheckpoints()).toEqual(new Map());
    expect(await store.readRetired(10)).toEqual({ segments: [], deleteFiles: [] });
  });

  test('records come back as they were, in every opening', async () => {
    const store = await subject.open();
    const leader = await lead(store);
    const database = databaseRecord({
      properties: { $bigint: '1', $$x: '2', ['__proto__']: '3', 'database.max.collections': '10', '': 'empty' },
      createdTimestamp: 2n ** 64n - 1n,
    });
    const collection = collectionRecord({ updatedTimestamp: 2n ** 53n + 1n });
    const alias = { databaseId: DATABASE_ID, name: 'library', collectionId: COLLECTION_ID };
    const group = {
      name: 'online',
      config: { requests: 1, limits: 2, transferFrom: ['a'], transferTo: ['b'], nodeLabels: { disk: 'fast' } },
    };
    const version = await leader.apply(
      { kind: 'putDatabase', database },
      { kind: 'putCollection', collection },
      { kind: 'putAlias', alias },
      { kind: 'putResourceGroup', group: { ...group, config: { ...group.config, limits: 1 } } },
      { kind: 'putResourceGroup', group },
      { kind: 'putResourceGroup', group: { ...group, name: 'gone' } },
      { kind: 'dropResourceGroup', name: 'gone' },
      { kind: 'dropResourceGroup', name: 'never was' },
    );
    const expected = {
      version,
      databases: [database],
      collections: [collection],
      aliases: [alias],
      resourceGroups: [group],
      viewVersions: new Map([[COLLECTION_ID, 0]]),
    };
    expect(await store.readCatalog()).toStrictEqual(expected);
    expect(await (await subject.open()).readCatalog()).toStrictEqual(expected);
    await store[Symbol.asyncDispose]();
    expect(await (await subject.open()).readCatalog()).toStrictEqual(expected);
  });

  test('names are kept and told apart by every character', async () => {
    const store = await subject.open();
    const leader = await lead(store);
    await leader.apply(
      ...NAMES.map((name, i) => ({ kind: 'putDatabase', database: databaseRecord({ id: 1_000 + i, name }) }) as const),
      ...NAMES.map((name, i) => {
        const collection = collectionRecord({ id: 2_000 + i, databaseId: 1_000, name });
        return { kind: 'putCollection', collection } as const;
      }),
      ...NAMES.map((name, i) => {
        return { kind: 'putAlias', alias: { databaseId: 1_000, name, collectionId: 2_000 + i } } as const;
      }),
    );
    const catalog = await store.readCatalog();
    expect(catalog.databases.map((record) => record.name)).toEqual(NAMES);
    expect(catalog.collections.map((record) => record.name)).toEqual(NAMES);
    expect(new Map(catalog.aliases.map((record) => [record.name, record.collectionId]))).toEqual(
      new Map(NAMES.map((name, i) => [name, 2_000 + i])),
    );

    await leader.apply(...NAMES.slice(1).map((name) => ({ kind: 'dropAlias', databaseId: 1_000, name }) as const));
    expect((await store.readCatalog()).aliases.map((record) => record.name)).toEqual([NAMES[0]]);
  });

  test('a collection that is put again is replaced and keeps its view', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    expect((await store.readCatalog()).collections).toStrictEqual([collectionRecord()]);
    await leader.apply(publication());
    const resized = collectionRecord({ replicaCount: 2 });
    await leader.apply({ kind: 'putCollection', collection: resized });
    expect((await store.readCatalog()).collections).toStrictEqual([resized]);
    const renamed = collectionRecord({ name: 'papers', partitions: [], replicaCount: 3 });
    await leader.apply({ kind: 'putCollection', collection: renamed });
    // The same values once more: no row is changed by it.
    await leader.apply({ kind: 'putCollection', collection: renamed });
    const catalog = await store.readCatalog();
    expect(catalog.collections).toStrictEqual([renamed]);
    expect(catalog.viewVersions).toEqual(new Map([[COLLECTION_ID, 1]]));
    // The old name is free again.
    await leader.apply({ kind: 'putCollection', collection: collectionRecord({ id: 3 }) });
  });

  test('a collection can move to another database', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const moved = collectionRecord({ databaseId: 7 });
    await leader.apply(
      { kind: 'putDatabase', database: databaseRecord({ id: 7, name: 'other' }) },
      { kind: 'putCollection', collection: moved },
      { kind: 'dropDatabase', databaseId: DATABASE_ID },
    );
    expect((await store.readCatalog()).collections).toStrictEqual([moved]);
  });

  test('a database that is put again is replaced', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const database = databaseRecord({ name: 'renamed', properties: { a: 'b' } });
    expect((await store.readCatalog()).databases).toStrictEqual([databaseRecord()]);
    await leader.apply({ kind: 'putDatabase', database });
    await leader.apply({ kind: 'putDatabase', database });
    expect((await store.readCatalog()).databases).toStrictEqual([database]);
  });

  test('an alias that is put again points elsewhere; one name may serve in two databases', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const alias = (databaseId: number, collectionId: number) =>
      ({ kind: 'putAlias', alias: { databaseId, name: 'library', collectionId } }) as const;
    await leader.apply(
      { kind: 'putDatabase', database: databaseRecord({ id: 7, name: 'other' }) },
      { kind: 'putCollection', collection: collectionRecord({ id: 3, name: 'papers' }) },
      alias(DATABASE_ID, COLLECTION_ID),
      alias(7, COLLECTION_ID),
      alias(DATABASE_ID, 3),
    );
    expect((await store.readCatalog()).aliases).toEqual([
      { databaseId: DATABASE_ID, name: 'library', collectionId: 3 },
      { databaseId: 7, name: 'library', collectionId: COLLECTION_ID },
    ]);
  });

  test('dropping a collection drops its aliases and its view; then its database can go', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    await leader.apply({
      kind: 'putAlias',
      alias: { databaseId: DATABASE_ID, name: 'library', collectionId: COLLECTION_ID },
    });
    await leader.apply({ kind: 'dropCollection', collectionId: COLLECTION_ID, atMs: 5 });
    const version = await leader.apply({ kind: 'dropDatabase', databaseId: DATABASE_ID });
    expect(await store.readCatalog()).toEqual({
      version,
      databases: [],
      collections: [],
      aliases: [],
      resourceGroups: [],
      viewVersions: new Map(),
    });
    expect(await store.readView(COLLECTION_ID)).toBeUndefined();
  });

  test('a large document fits: the most partitions a collection may have', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const partitions = Array.from({ length: 1_024 }, (_, i) => ({
      id: 10_000 + i,
      name: `${i}`.padEnd(255, 'ü'),
      createdTimestamp: 2n ** 60n + BigInt(i),
      loaded: i % 2 === 0,
    }));
    await leader.apply({ kind: 'putCollection', collection: collectionRecord({ partitions }) });
    expect((await store.readCatalog()).collections[0]!.partitions).toStrictEqual(partitions);
  });

  test('a catalog is one moment: an alias never points to a collection that is not in it', async () => {
    const [store, reader] = [await subject.open(), await subject.open()];
    const leader = await leadWithCollection(store);
    let isDone = false;
    const changing = (async () => {
      for (let id = 100; id < 140; id++) {
        await leader.apply(
          { kind: 'putCollection', collection: collectionRecord({ id, name: `c${id}` }) },
          { kind: 'putAlias', alias: { databaseId: DATABASE_ID, name: 'moving', collectionId: id } },
          ...(id > 100 ? [{ kind: 'dropCollection', collectionId: id - 1, atMs: id } as const] : []),
        );
      }
      isDone = true;
    })();
    const versions: number[] = [];
    while (!isDone) {
      const catalog = await reader.readCatalog();
      versions.push(catalog.version);
      const ids = new Set(catalog.collections.map((collection) => collection.id));
      for (const alias of catalog.aliases) expect(ids.has(alias.collectionId)).toBe(true);
      expect(new Set(catalog.viewVersions.keys())).toEqual(ids);
    }
    await changing;
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    expect(await reader.catalogVersion()).toBe(await store.catalogVersion());
  });
}
