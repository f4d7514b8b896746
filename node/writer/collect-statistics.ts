import type { PendingIndex, SegmentStatistics, StatisticsResponse } from '../../proto/generated/node.ts';
import type { IndexStates } from './index-states.ts';
import type { WritableCollection } from './writable-collection.ts';

/**
 * Stored rows of a collection or of some partitions, deleted ones included until compaction. Rows of growing segments count as indexed: they are searched with the
 * index as it grows; what is not indexed are sealed segments that were written for other indexes and wait to be rewritten.
 */
export async function collectStatistics(
  collection: WritableCollection,
  partitionIds: readonly number[],
  indexStates: IndexStates,
): Promise<StatisticsResponse> {
  const isAsked = (segment: { readonly partitionId: number }) =>
    partitionIds.length === 0 || partitionIds.includes(segment.partitionId);
  const segments: SegmentStatistics[] = [];
  let rowCount = 0;
  let pendingRows = 0;
  const sealed = [...collection.live.values()].filter(isAsked);
  for (const { id, partitionId, segment } of [...collection.unsealed.values()].filter(isAsked)) {
    const { memoryBytes } = segment;
    segments.push({ segmentId: id, partitionId, rowCount: segment.rowCount, state: 'growing', memoryBytes });
    rowCount += segment.rowCount;
  }
  const pending = new Map<number, PendingIndex>();
  for (const record of sealed) {
    const { id, partitionId, byteLength } = record;
    segments.push({
      segmentId: id,
      partitionId,
      rowCount: record.rowCount,
      state: 'sealed',
      memoryBytes: byteLength,
    });
    rowCount += record.rowCount;
    const fieldIds = await indexStates.outdatedFields(collection.record, record);
    if (fieldIds.length > 0) pendingRows += record.rowCount;
    for (const fieldId of fieldIds) {
      const before = pending.get(fieldId);
      const failedReason = indexStates.failureOf(id) ?? before?.failedReason ?? '';
      pending.set(fieldId, { fieldId, rowCount: (before?.rowCount ?? 0) + record.rowCount, failedReason });
    }
  }
  return { rowCount, indexedRowCount: rowCount - pendingRows, segments, pendingIndexes: [...pending.values()] };
}
