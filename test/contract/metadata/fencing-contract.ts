import { expect, test } from 'vitest';
import type { CatalogChange, MetadataStore } from '../../../plugins/metadata/metadata.ts';
import type { MetadataSubject } from '../metadata-contract.ts';
import {
  COLLECTION_ID,
  collectionRecord,
  DATABASE_ID,
  databaseRecord,
  lead,
  leadWithCollection,
  publication,
  segmentRecord,
} from './records.ts';

const CHANGES: readonly CatalogChange[] = [
  { kind: 'putDatabase', database: databaseRecord({ id: 90, name: 'other' }) },
  { kind: 'dropDatabase', databaseId: DATABASE_ID },
  { kind: 'putCollection', collection: collectionRecord({ id: 91, name: 'other' }) },
  { kind: 'dropCollection', collectionId: COLLECTION_ID, atMs: 1 },
  { kind: 'putAlias', alias: { databaseId: DATABASE_ID, name: 'alias', collectionId: COLLECTION_ID } },
  { kind: 'dropAlias', databaseId: DATABASE_ID, name: 'known' },
  publication({ addSegments: [segmentRecord(92)] }),
  { kind: 'forget', segmentIds: [], deleteFileIds: [] },
];

/** Every verb that only the current writer may use, asked with some term. */
const FENCED: readonly (readonly [string, (store: MetadataStore, term: number) => Promise<unknown>])[] = [
  ['renewLease', (store, term) => store.renewLease({ holder: 'writer-1', term }, 60_000)],
  ['reserveIds', (store, term) => store.reserveIds(term, 10)],
  ['reserveTimestamps', (store, term) => store.reserveTimestamps(term, 2n ** 60n)],
  ['apply of nothing', (store, term) => store.apply(term, `fenced-${term}`, [])],
  ...CHANGES.map(
    (change) =>
      [
        `apply of ${change.kind}`,
        (store: MetadataStore, term: number) => store.apply(term, `fenced-${term}`, [change]),
      ] as const,
  ),
];

export function fencingContract(subject: MetadataSubject): void {
  test.each(FENCED)('%s is refused to a term that is over, and changes nothing', async (_name, call) => {
    const store = await subject.open();
    const old = await leadWithCollection(store);
    await old.apply({
      kind: 'putAlias',
      alias: { databaseId: DATABASE_ID, name: 'known', collectionId: COLLECTION_ID },
    });
    await store.releaseLease(old.lease);
    const current = await lead(await subject.open(), 'writer-2');
    const before = await store.readCatalog();

    await expect(call(store, old.lease.term)).rejects.toMatchObject({ kind: 'termLost' });
    await expect(call(store, current.lease.term + 1)).rejects.toMatchObject({ kind: 'termLost' });

    expect(await store.readCatalog()).toEqual(before);
    expect(await store.currentLease()).toEqual(current.lease);
    expect(await store.reserveTimestamps(current.lease.term, 1n)).toBe(0n);
    expect(await store.reserveIds(current.lease.term, 1)).toBe(1);
  });

  test.each(FENCED)('%s is refused while there was never a leader', async (_name, call) => {
    const store = await subject.open();
    for (const term of [0, 1]) await expect(call(store, term)).rejects.toMatchObject({ kind: 'termLost' });
    expect(await store.catalogVersion()).toBe(0);
  });

  test('apply is refused to a term that was released', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    await store.releaseLease(leader.lease);
    await expect(leader.apply(publication())).rejects.toMatchObject({ kind: 'termLost' });
  });

  test('an old writer that goes on applying is cut off the moment another one takes over', async () => {
    const [oldStore, newStore] = [await subject.open(), await subject.open()];
    const old = await leadWithCollection(oldStore);
    const committed: number[] = [];
    let cutOff: unknown;
    const going = (async () => {
      while (cutOff === undefined) {
        await old.apply(publication()).then(
          (version) => committed.push(version),
          (error: unknown) => {
            cutOff = error;
          },
        );
      }
    })();
    while (committed.length < 5) await new Promise(setImmediate);
    // As if its lease had run out: the same name takes it without waiting.
    const successor = await lead(newStore, 'writer-1');
    const firstOfSuccessor = await successor.apply(publication());
    await going;

    expect(cutOff).toMatchObject({ kind: 'termLost' });
    expect(Math.max(...committed)).toBeLessThan(firstOfSuccessor);
    expect((await newStore.readView(COLLECTION_ID))!.version).toBe(committed.length + 1);
  });
}
