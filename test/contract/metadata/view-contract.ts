import { expect, test } from 'vitest';
import type { MetadataSubject } from '../metadata-contract.ts';
import {
  COLLECTION_ID,
  collectionRecord,
  deleteFileRecord,
  leadWithCollection,
  publication,
  segmentRecord,
} from './records.ts';

export function viewContract(subject: MetadataSubject): void {
  test('a new collection has an empty view, an unknown one none', async () => {
    const store = await subject.open();
    await leadWithCollection(store);
    expect(await store.readView(COLLECTION_ID)).toEqual({
      collectionId: COLLECTION_ID,
      version: 0,
      segments: [],
      deleteFiles: [],
      sealedTimestamp: 0n,
    });
    expect(await store.readView(99)).toBeUndefined();
  });

  test('what is published comes back as it was, with the version that first names it', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const compacted = segmentRecord(11, { compactedFrom: [3, 4, 2 ** 40], files: [], createdVersion: 77 });
    const sealedTimestamp = 2n ** 64n - 1n;
    const version = await leader.apply(
      publication({
        addSegments: [segmentRecord(10, { retiredVersion: 5, retiredAtMs: 6 }), compacted],
        addDeleteFiles: [deleteFileRecord(20)],
        sealedTimestamp,
      }),
    );
    const view = {
      collectionId: COLLECTION_ID,
      version: 1,
      segments: [segmentRecord(10, { createdVersion: 1 }), { ...compacted, createdVersion: 1 }],
      deleteFiles: [deleteFileRecord(20)],
      sealedTimestamp,
    };
    expect(await store.readView(COLLECTION_ID)).toStrictEqual(view);
    const other = await subject.open();
    expect(await other.readView(COLLECTION_ID)).toStrictEqual(view);
    expect(await other.catalogVersion()).toBe(version);
    expect((await other.readCatalog()).viewVersions).toEqual(new Map([[COLLECTION_ID, 1]]));
  });

  test('inputs leave the view in the version in which their output enters it', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    await leader.apply(
      publication({
        addSegments: [segmentRecord(10), segmentRecord(11), segmentRecord(12)],
        addDeleteFiles: [deleteFileRecord(20), deleteFileRecord(21)],
      }),
    );
    const output = segmentRecord(13, { compactedFrom: [10, 11] });
    await leader.apply(
      publication({
        addSegments: [output],
        retireSegmentIds: [10, 11],
        retireDeleteFileIds: [20],
        atMs: 1_700_000_000_123,
      }),
    );
    const view = await store.readView(COLLECTION_ID);
    expect(view!.version).toBe(2);
    expect(view!.segments.map((segment) => [segment.id, segment.createdVersion])).toEqual([
      [12, 1],
      [13, 2],
    ]);
    expect(view!.deleteFiles.map((file) => file.id)).toEqual([21]);
    expect(await store.readRetired(10)).toStrictEqual({
      segments: [10, 11].map((id) =>
        segmentRecord(id, { createdVersion: 1, retiredVersion: 2, retiredAtMs: 1_700_000_000_123 }),
      ),
      deleteFiles: [deleteFileRecord(20)],
    });
    await expect(leader.apply(publication({ retireSegmentIds: [10] }))).rejects.toThrow('10');
  });

  test('retired objects are read oldest first and forgotten when their files are gone', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const ids = [10, 11, 12, 13];
    await leader.apply(
      publication({
        addSegments: ids.map((id) => segmentRecord(id)),
        addDeleteFiles: ids.map((id) => deleteFileRecord(id)),
      }),
    );
    const retire = (atMs: number, segmentIds: number[], deleteFileIds: number[]) =>
      leader.apply(publication({ retireSegmentIds: segmentIds, retireDeleteFileIds: deleteFileIds, atMs }));
    await retire(300, [10], [12]);
    await retire(100, [12], []);
    await retire(200, [], [11]);
    const read = async (limit: number) => {
      const { segments, deleteFiles } = await store.readRetired(limit);
      return [segments.map((segment) => segment.id), deleteFiles.map((file) => file.id)];
    };
    expect(await read(1)).toEqual([[12], []]);
    expect(await read(2)).toEqual([[12], [11]]);
    expect(await read(100)).toEqual([
      [12, 10],
      [11, 12],
    ]);

    await leader.apply({ kind: 'forget', segmentIds: [12], deleteFileIds: [11] });
    expect(await read(100)).toEqual([[10], [12]]);
    await expect(leader.apply({ kind: 'forget', segmentIds: [12], deleteFileIds: [] })).rejects.toThrow('12');
    expect((await store.readView(COLLECTION_ID))!.segments.map((segment) => segment.id)).toEqual([11, 13]);
  });

  test('dropping a collection retires all it has', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    await leader.apply(publication({ addSegments: [segmentRecord(10)], addDeleteFiles: [deleteFileRecord(20)] }));
    await leader.apply({ kind: 'dropCollection', collectionId: COLLECTION_ID, atMs: 1_234 });
    expect(await store.readRetired(10)).toStrictEqual({
      segments: [segmentRecord(10, { createdVersion: 1, retiredVersion: 2, retiredAtMs: 1_234 })],
      deleteFiles: [deleteFileRecord(20)],
    });
    expect(await store.readCheckpoints()).toEqual(new Map());
    await leader.apply({ kind: 'forget', segmentIds: [10], deleteFileIds: [20] });
    expect(await store.readRetired(10)).toEqual({ segments: [], deleteFiles: [] });
  });

  test('the checkpoint moves with a publication that has one; the sealed timestamp only grows', async () => {
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    await leader.apply({ kind: 'putCollection', collection: collectionRecord({ id: 3, name: 'papers' }) });
    const checkpoint = { position: '7:12345678901234567890 "p"', timestamp: 2n ** 63n + 5n };
    await leader.apply(publication({ checkpoint, sealedTimestamp: 10n }));
    await leader.apply(publication({ sealedTimestamp: 9n }));
    expect(await store.readCheckpoints()).toEqual(new Map([[COLLECTION_ID, checkpoint]]));
    expect((await store.readView(COLLECTION_ID))!.sealedTimestamp).toBe(10n);

    const later = { position: '8:1', timestamp: 2n ** 64n - 1n };
    await leader.apply(publication({ checkpoint: later, sealedTimestamp: 11n }));
    expect(await store.readCheckpoints()).toEqual(new Map([[COLLECTION_ID, later]]));
    expect((await store.readView(COLLECTION_ID))!.sealedTimestamp).toBe(11n);
  });

  test('a view is one moment: while one segment replaces another, there is exactly one', async () => {
    const [store, reader] = [await subject.open(), await subject.open()];
    const leader = await leadWithCollection(store);
    await leader.apply(publication({ addSegments: [segmentRecord(100)], addDeleteFiles: [deleteFileRecord(100)] }));
    let isDone = false;
    const replacing = (async () => {
      for (let id = 101; id < 160; id++) {
        await leader.apply(
          publication({
            addSegments: [segmentRecord(id)],
            retireSegmentIds: [id - 1],
            addDeleteFiles: [deleteFileRecord(id)],
            retireDeleteFileIds: [id - 1],
          }),
        );
      }
      isDone = true;
    })();
    let seen = 0;
    while (!isDone) {
      const view = await reader.readView(COLLECTION_ID);
      const id = 99 + view!.version;
      expect(view!.segments.map((segment) => segment.id)).toEqual([id]);
      expect(view!.deleteFiles.map((file) => file.id)).toEqual([id]);
      expect(view!.segments[0]!.createdVersion).toBe(view!.version);
      seen = view!.version;
    }
    await replacing;
    expect(seen).toBeGreaterThan(1);
    expect((await reader.readView(COLLECTION_ID))!.version).toBe(60);
  });

  test('a large view is published at once, read whole, and retired at once', async () => {
    const SEGMENTS = 5_000;
    const store = await subject.open();
    const leader = await leadWithCollection(store);
    const files = Array.from({ length: 12 }, (_, i) => ({ name: `file-${i}.bin`, byteLength: 2 ** 31 + i, crc32c: i }));
    const segments = Array.from({ length: SEGMENTS }, (_, i) => segmentRecord(1_000 + i, { files }));
    await leader.apply(publication({ addSegments: segments }));

    const startMs = performance.now();
    const view = await store.readView(COLLECTION_ID);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(view!.segments).toHaveLength(SEGMENTS);
    expect(view!.segments[4_999]).toStrictEqual({ ...segments[4_999], createdVersion: 1 });

    await leader.apply(publication({ retireSegmentIds: segments.map((segment) => segment.id) }));
    expect((await store.readView(COLLECTION_ID))!.segments).toEqual([]);
    expect((await store.readRetired(Number.MAX_SAFE_INTEGER)).segments).toHaveLength(SEGMENTS);
  });
}
