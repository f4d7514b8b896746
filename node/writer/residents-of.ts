import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SegmentRecord } from '../../core/catalog.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { deletePieces } from '../segment/delete-pieces.ts';
import { LIMITS as SEGMENT_LIMITS } from '../segment/limits.ts';
import { readDeleteFile } from '../segment/read-delete-file.ts';
import type { DeleteBatch, Segment } from '../segment/segment.ts';
import { toDeleteBatch } from './delete-buffer.ts';
import { type ReadySegment, ResidentSegments } from './resident-segments.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriterContext } from './writer-context.ts';

type ResidentsContext = Pick<WriterContext, 'settings' | 'clock' | 'segmentStore' | 'storage' | 'signal' | 'logger'>;

/** The resident segments of a collection; they are opened from storage, with every delete since they were written. */
export function residentsOf(context: ResidentsContext, collection: WritableCollection): ResidentSegments {
  return new ResidentSegments(
    context.settings.retentionMs,
    () => context.clock.monotonicMs(),
    (record, ready) => openWithDeletes(context, collection, record, ready),
  );
}

async function openWithDeletes(
  context: ResidentsContext,
  collection: WritableCollection,
  record: SegmentRecord,
  ready: (segment: ReadySegment) => void,
): Promise<void> {
  const { segmentStore, signal } = context;
  const { schema, indexes } = collection.record;
  const opened = await segmentStore.open(record, { schema, indexes }, signal);
  const { segment } = opened;
  try {
    let appliedTo = record.deletesAppliedTimestamp;
    do {
      appliedTo = await applyFiles(context, collection, segment, appliedTo);
      // What was filed and dropped from memory while files were read is in a new file.
    } while (appliedTo < collection.deletes.droppedTo && hasFileAfter(collection, appliedTo));
    if (collection.record.indexes !== indexes) await segment.configureIndexes(collection.record.indexes);
    await follow(collection, segment, appliedTo, () => {
      segment.updateSchema(collection.record.schema);
      ready(opened);
    });
  } catch (error) {
    await opened.release();
    throw error;
  }
}

function hasFileAfter(collection: WritableCollection, timestamp: Timestamp): boolean {
  return collection.filedTo > timestamp;
}

/** Applies the delete files with something younger than `after`; resolves to the timestamp up to which they reach. */
async function applyFiles(
  context: ResidentsContext,
  collection: WritableCollection,
  segment: Segment,
  after: Timestamp,
): Promise<Timestamp> {
  let reached = after;
  for (const file of collection.deleteFilesAfter(after)) {
    await applyInPieces(segment, await readDeleteFile(context.storage, file));
    if (file.toTimestamp > reached) reached = file.toTimestamp;
  }
  return reached;
}

/** Applies what is in memory after `appliedTo`, and calls `caughtUp` in the very turn in which nothing younger is there. */
async function follow(
  collection: WritableCollection,
  segment: Segment,
  appliedTo: Timestamp,
  caughtUp: () => void,
): Promise<void> {
  let reached = appliedTo;
  for (;;) {
    const entries = collection.deletes.after(reached);
    const last = entries.at(-1);
    if (!last) return caughtUp();
    const batch = toDeleteBatch(entries);
    if (batch.timestamps.length <= SEGMENT_LIMITS.deletesPerTurn) segment.applyDeletes(batch);
    else await applyInPieces(segment, batch);
    reached = last.timestamp;
  }
}

async function applyInPieces(segment: Segment, batch: DeleteBatch): Promise<void> {
  for (const piece of deletePieces(batch)) {
    segment.applyDeletes(piece);
    await nextTurn();
  }
}
