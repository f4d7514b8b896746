import { expect, test } from 'vitest';
import type { CollectionRecord, SegmentRecord, View } from '../../../core/catalog.ts';
import { takenOver } from '../../../node/reader/handover.ts';
import { READER_LIMITS } from '../../../node/reader/limits.ts';
import { ReaderCollection } from '../../../node/reader/reader-collection.ts';
import type { SealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import { NodeStatus } from '../../../proto/generated/node.ts';
import type { Shard } from '../../../proto/node-protocol/shard.ts';

const member = (nodeId: string): Member => ({ nodeId, address: `${nodeId}:1`, roles: ['reader'] });
const [ann, bob] = [member('ann'), member('bob')];

/** Readers that report these ready segments of collection 7; undefined: the call fails. */
function connectTo(ready: Readonly<Record<string, readonly number[] | undefined>>) {
  const asked: string[] = [];
  const disposed: string[] = [];
  const connect = ({ nodeId }: Member): Shard => {
    asked.push(nodeId);
    const shard: Partial<Shard> = {
      async *watchStatus() {
        const readySegmentIds = ready[nodeId];
        if (!readySegmentIds) throw new Error('gone');
        const collections = [
          { collectionId: 8, readySegmentIds: [1, 2, 3] },
          { collectionId: 7, readySegmentIds: [...readySegmentIds] },
        ];
        yield NodeStatus.fromPartial({ nodeId, collections });
      },
      [Symbol.asyncDispose]: async () => void disposed.push(nodeId),
    };
    return shard as Shard;
  };
  return { connect, asked, disposed };
}

test('a segment is taken over when those of its new owners that answer have it', async () => {
  const { connect, asked, disposed } = connectTo({ ann: [1, 2], bob: [1] });
  const lost = [1, 2, 3].map((id) => ({ id, owners: [ann, bob] }));
  expect(await takenOver(7, lost, connect)).toEqual(new Set([1]));
  // Once each, however many segments, and no connection stays.
  expect(asked.sort()).toEqual(['ann', 'bob']);
  expect(disposed.sort()).toEqual(['ann', 'bob']);
});

test('an owner that does not answer is not waited for if another has the segment; alone it has nothing', async () => {
  const { connect, disposed } = connectTo({ ann: [1] });
  const lost = [
    { id: 1, owners: [ann, bob] },
    { id: 2, owners: [bob] },
  ];
  expect(await takenOver(7, lost, connect)).toEqual(new Set([1]));
  expect(disposed.sort()).toEqual(['ann', 'bob']);
});

test('what nobody owns any more needs nobody', async () => {
  const { connect, asked } = connectTo({});
  expect(await takenOver(7, [{ id: 1, owners: [] }], connect)).toEqual(new Set([1]));
  expect(asked).toEqual([]);
});

/** A collection that holds segments 1 and 2, and no files. */
async function holding() {
  const forgotten: number[] = [];
  const record = { id: 7, updatedTimestamp: 1n, indexes: [], schema: {} } as unknown as CollectionRecord;
  const segments = [1, 2].map((id) => ({ id, deletesAppliedTimestamp: 1n }) as SegmentRecord);
  const segment = { hasLoaded: () => true, applyDeletes: () => {}, configureIndexes: async () => {}, close: () => {} };
  const collection = new ReaderCollection(record, {
    loadSegment: async () => segment as unknown as SealedSegment,
    loadDeleteFile: () => Promise.reject(new Error('there is none')),
    readView: async () => ({ collectionId: 7, version: 1, segments, deleteFiles: [], sealedTimestamp: 1n }) as View,
    forgetSegment: async ({ id }) => void forgotten.push(id),
    changed: () => {},
  });
  await collection.refresh();
  await collection.hold(new Set([1, 2]), 0);
  return { collection, forgotten };
}

const NOTHING = new Set<number>();

test('a lost segment stays for the release delay, and until it is taken over', async () => {
  const { collection, forgotten } = await holding();
  const own = new Set([1]);
  await collection.hold(own, 1_000);
  let asked = 0;
  const ask = (taken: ReadonlySet<number>) => async (ids: readonly number[]) => {
    expect(ids).toEqual([2]);
    asked++;
    return taken;
  };
  await collection.release(own, 999 + READER_LIMITS.releaseDelayMs, ask(new Set([2])));
  expect(asked).toBe(0);
  let nowMs = 1_000 + READER_LIMITS.releaseDelayMs;
  await collection.release(own, nowMs, ask(NOTHING));
  // Not again before the pause between two looks is over.
  await collection.release(own, nowMs + READER_LIMITS.handoverCheckMs - 1, ask(new Set([2])));
  expect([asked, forgotten]).toEqual([1, []]);
  expect(collection.heldSegment(2)).toBeDefined();
  nowMs += READER_LIMITS.handoverCheckMs;
  await collection.release(own, nowMs, ask(new Set([2])));
  expect([asked, forgotten]).toEqual([2, [2]]);
  expect(collection.heldSegment(1)).toBeDefined();
  expect(collection.heldSegment(2)).toBeUndefined();
});

test('one that comes back stays; one that nobody takes over goes in the end', async () => {
  const { collection, forgotten } = await holding();
  await collection.hold(NOTHING, 1_000);
  await collection.hold(new Set([1]), 2_000);
  await collection.hold(NOTHING, 10_000);
  const lookedAt: number[][] = [];
  const nobody = async (ids: readonly number[]) => {
    lookedAt.push([...ids].sort());
    return NOTHING;
  };
  await collection.release(NOTHING, 1_000 + READER_LIMITS.handoverMsMax - 1, nobody);
  expect(forgotten).toEqual([]);
  await collection.release(NOTHING, 9_000 + READER_LIMITS.handoverMsMax, nobody);
  expect(lookedAt).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(forgotten).toEqual([2]);
});
