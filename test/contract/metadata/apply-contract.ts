import { expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';
import type { MetadataSubject } from '../metadata-contract.ts';
import {
  COLLECTION_ID,
  collectionRecord,
  DATABASE_ID,
  databaseRecord,
  deleteFileRecord,
  lead,
  leadWithCollection,
  publication,
  segmentRecord,
} from './records.ts';

/** Changes that do not fit a store with one database, collections 2 and 3, segment 10 and delete file 20 of the first, and nothing retired. */
const UNEXPECTED: readonly (readonly [string, CatalogChange])[] = [
  ['a second database of a name', { kind: 'putDatabase', database: databaseRecord({ id: 99 }) }],
  ['an unknown database to drop', { kind: 'dropDatabase', databaseId: 99 }],
  ['a database that is not empty', { kind: 'dropDatabase', databaseId: DATABASE_ID }],
  ['a second collection of a name', { kind: 'putCollection', collection: collectionRecord({ id: 99 }) }],
  [
    'a collection of an unknown database',
    { kind: 'putCollection', collection: collectionRecord({ id: 99, databaseId: 98 }) },
  ],
  ['a name that is too long', { kind: 'putDatabase', database: databaseRecord({ id: 99, name: 'x'.repeat(256) }) }],
  ['an empty name', { kind: 'putDatabase', database: databaseRecord({ id: 99, name: '' }) }],
  ['an unknown collection to drop', { kind: 'dropCollection', collectionId: 99, atMs: 1 }],
  [
    'an alias of an unknown collection',
    { kind: 'putAlias', alias: { databaseId: DATABASE_ID, name: 'a', collectionId: 99 } },
  ],
  ['an unknown alias to drop', { kind: 'dropAlias', databaseId: DATABASE_ID, name: 'a' }],
  ['a publication of an unknown collection', publication({ collectionId: 99 })],
  ['a segment id that is taken', publication({ addSegments: [segmentRecord(10, { prefix: 'elsewhere' })] })],
  ['a prefix that is taken', publication({ addSegments: [segmentRecord(99, { prefix: segmentRecord(10).prefix })] })],
  ['a segment of another collection', publication({ addSegments: [segmentRecord(99, { collectionId: 98 })] })],
  ['a delete file id that is taken', publication({ addDeleteFiles: [deleteFileRecord(20)] })],
  [
    'a delete file of another collection',
    publication({ addDeleteFiles: [deleteFileRecord(99, { collectionId: 98 })] }),
  ],
  ['an unknown segment to retire', publication({ retireSegmentIds: [10, 99] })],
  ['a segment of another collection to retire', publication({ collectionId: 3, retireSegmentIds: [10] })],
  ['a delete file of another collection to retire', publication({ collectionId: 3, retireDeleteFileIds: [20] })],
  ['an unknown delete file to retire', publication({ retireDeleteFileIds: [99] })],
  ['a living segment to forget', { kind: 'forget', segmentIds: [10], deleteFileIds: [] }],
  ['a living delete file to forget', { kind: 'forget', segmentIds: [], deleteFileIds: [20] }],
  ['an unknown segment to forget', { kind: 'forget', segmentIds: [99], deleteFileIds: [] }],
];

export function applyContract(subject: MetadataSubject): void {
  test('every list of changes makes one new version', async () => {
    const store = await subject.open();
    const leader = await lead(store);
    expect(await store.catalogVersion()).toBe(0);
    expect(await leader.apply({ kind: 'putDatabase', database: databaseRecord() })).toBe(1);
    expect(await leader.apply({ kind: 'putCollection', collection: collectionRecord() }, publication())).toBe(2);
    expect(await leader.apply()).toBe(3);
    expect(await store.catalogVersion()).toBe(3);
  });

  test.each(UNEXPECTED)('%s: a plain error, and nothing of the list is applied', async (_name, change) => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    await leader.apply(publication({ addSegments: [segmentRecord(10)], addDeleteFiles: [deleteFileRecord(20)] }), {
      kind: 'putCollection',
      collection: collectionRecord({ id: 3, name: 'papers' }),
    });
    const before = await Promise.all([store.readCatalog(), store.readView(COLLECTION_ID), store.readRetired(10)]);

    const error = await leader
      .apply(
        { kind: 'putDatabase', database: databaseRecord({ id: 70, name: 'half' }) },
        publication({ addSegments: [segmentRecord(71)] }),
        change,
      )
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(BraidError);
    expect((error as Error).message).toContain(`change 2 (${change.kind})`);
    const after = await Promise.all([store.readCatalog(), store.readView(COLLECTION_ID), store.readRetired(10)]);
    expect(after).toEqual(before);
  });

  test('after a failed list the same operation id can be used for a better one', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    await expect(store.apply(lease.term, 'again', [{ kind: 'dropDatabase', databaseId: 9 }])).rejects.toThrow();
    expect(await store.apply(lease.term, 'again', [{ kind: 'putDatabase', database: databaseRecord() }])).toBe(1);
    expect((await store.readCatalog()).databases).toEqual([databaseRecord()]);
  });

  test('a repeated operation changes nothing and resolves to the version of the first', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const change = publication({ addSegments: [segmentRecord(10)] });
    const version = await store.apply(leader.lease.term, 'publish-10', [change]);
    await leader.apply();
    expect(await store.apply(leader.lease.term, 'publish-10', [change])).toBe(version);
    expect(await (await subject.open()).apply(leader.lease.term, 'publish-10', [change])).toBe(version);
    expect(await store.catalogVersion()).toBe(version + 1);
    expect((await store.readView(COLLECTION_ID))!.version).toBe(1);
  });

  test('operations repeated at once are applied once', async () => {
    const stores = [await subject.open(), await subject.open()];
    const leader = await leadWithCollection(stores[0]!);
    const change = publication({ addSegments: [segmentRecord(10)] });
    const versions = await Promise.all(
      Array.from({ length: 10 }, (_, i) => stores[i % 2]!.apply(leader.lease.term, 'at-once', [change])),
    );
    expect(new Set(versions).size).toBe(1);
    expect((await stores[1]!.readView(COLLECTION_ID))!.version).toBe(1);
  });

  test('what an earlier term applied stays answered after its end: it was done', async () => {
    const store = await subject.open();
    const old = await lead(store);
    const version = await store.apply(old.lease.term, 'done', [{ kind: 'putDatabase', database: databaseRecord() }]);
    await store.releaseLease(old.lease);
    await lead(store, 'writer-2');
    expect(await store.apply(old.lease.term, 'done', [])).toBe(version);
    await expect(store.apply(old.lease.term, 'not done', [])).rejects.toMatchObject({ kind: 'termLost' });
  });

  test('operation ids are told apart by every character', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    const ids = ['a', 'A', 'a ', 'á', "a'; drop table x; --", 'a\\', '"a"', '%', '_', '日本'];
    const versions = [];
    for (const id of ids) versions.push(await store.apply(lease.term, id, []));
    expect(versions).toEqual(ids.map((_, index) => index + 1));
    expect(await store.apply(lease.term, '%', [])).toBe(versions[ids.indexOf('%')]);
  });

  test('many changes at once, from two openings, follow one another', async () => {
    const stores = [await subject.open(), await subject.open()];
    const leader = await leadWithCollection(stores[0]!);
    const versions = await Promise.all(
      Array.from({ length: 30 }, (_, i) => {
        const change = publication({ addSegments: [segmentRecord(100 + i)] });
        return stores[i % 2]!.apply(leader.lease.term, `parallel-${i}`, [change]);
      }),
    );
    expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 2));
    const view = await stores[1]!.readView(COLLECTION_ID);
    expect(view!.version).toBe(30);
    expect(view!.segments.map((segment) => segment.createdVersion).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  test('a closed store refuses every verb', async () => {
    const store = await subject.open();
    const { lease } = await lead(store);
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await expect(store.catalogVersion()).rejects.toMatchObject({ kind: 'serviceUnavailable' });
    await expect(store.readCatalog()).rejects.toMatchObject({ kind: 'serviceUnavailable' });
    await expect(store.apply(lease.term, 'late', [])).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  });
}
