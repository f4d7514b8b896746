import type { SegmentRecord } from '../../core/catalog.ts';
import type { GarbageCollectorOptions } from '../builder/garbage-collector.ts';
import { applyChanges, type WriterContext } from './writer-context.ts';

/** How garbage collection meets the writer's state. */
export function garbageOptions(context: WriterContext): GarbageCollectorOptions {
  const { metadata, storage, logger, clock, settings, collections, leadership, segmentStore, deleteFileStore } =
    context;
  return {
    metadata,
    storage,
    logger,
    nowMs: () => clock.nowMs(),
    graceMs: settings.garbageGraceMs,
    isActive: (key) => segmentStore.isActive(key) || deleteFileStore.isActive(key),
    mayForget: (segment) => isBehindCheckpoint(context, segment),
    leaving: (segmentIds, deleteFileIds) => {
      for (const collection of collections.values()) collection.forgotten(segmentIds, deleteFileIds);
    },
    forget: async (segmentIds, deleteFileIds) => {
      await applyChanges(context, [{ kind: 'forget', segmentIds, deleteFileIds }]);
    },
    assertLeads: () => leadership.assertTrusted(),
  };
}

/** Replay skips rows of segments it knows: the record of one that was sealed from the log stays until its rows lie before the checkpoint. */
function isBehindCheckpoint(context: WriterContext, segment: SegmentRecord): boolean {
  const collection = context.collections.get(segment.collectionId);
  if (!collection || segment.compactedFrom.length > 0) return true;
  return collection.checkpoint !== undefined && segment.maxTimestamp <= collection.checkpoint.timestamp;
}
