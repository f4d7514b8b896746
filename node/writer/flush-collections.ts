import { physicalMs } from '../../core/timestamps.ts';
import type { FlushedCollection, FlushResponse } from '../../proto/generated/node.ts';
import { tagCall } from '../../telemetry/log/call-scope.ts';
import type { Sealer } from './sealer.ts';
import type { WritableCollection } from './writable-collection.ts';
import { requireCollection, type WriterContext } from './writer-context.ts';

/** Seals everything that was written to these collections so far; resolves when it is published. */
export async function flushCollections(
  context: WriterContext,
  sealer: Sealer,
  collectionIds: readonly number[],
): Promise<FlushResponse> {
  const collections = collectionIds.map((id) => requireCollection(context, id));
  return { collections: await Promise.all(collections.map((collection) => flushOne(context, sealer, collection))) };
}

async function flushOne(
  context: WriterContext,
  sealer: Sealer,
  collection: WritableCollection,
): Promise<FlushedCollection> {
  const flushTimestamp = context.oracle.now();
  const unsealed = [...collection.unsealed.values()].filter((segment) => segment.assignedRows > 0);
  tagCall(() => ({ segments: unsealed.length }));
  await Promise.all(unsealed.map((segment) => sealer.seal(collection, segment)));
  return {
    collectionId: collection.id,
    segmentIds: unsealed.map((segment) => segment.id),
    flushTimestamp,
    sealTimeS: Math.floor(physicalMs(context.oracle.now()) / 1_000),
  };
}
