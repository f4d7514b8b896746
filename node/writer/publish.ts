import type { DeleteFileRecord, SegmentRecord } from '../../core/catalog.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { compareLogPositions, type LogPosition, logPositionToString } from '../../plugins/log/log.ts';
import type { CatalogChange, Checkpoint } from '../../plugins/metadata/metadata.ts';
import { concatDeletes } from '../builder/concat-deletes.ts';
import { BUILDER_LIMITS } from '../builder/limits.ts';
import { readDeleteFile } from '../segment/read-delete-file.ts';
import { type BufferedDelete, toDeleteBatch } from './delete-buffer.ts';
import type { UnsealedSegment } from './unsealed-segment.ts';
import type { WritableCollection } from './writable-collection.ts';
import { applyChanges, type WriterContext } from './writer-context.ts';

/** What is to become of segments. */
export interface Publication {
  readonly addSegments: readonly SegmentRecord[];
  readonly retireSegmentIds: readonly number[];
  /** Unsealed segments whose rows are in the added ones, or dropped. */
  readonly leaving: readonly UnsealedSegment[];
  /** Changes of the catalog that belong into the same transaction. */
  readonly changes?: readonly CatalogChange[];
  /** Called in the turn in which the new view begins to hold. */
  readonly switched?: () => void;
}

interface DeleteFileChange {
  readonly added: DeleteFileRecord | undefined;
  readonly retiredIds: readonly number[];
  /** Deletes up to here need the log no longer. */
  readonly filedTo: Timestamp;
}

/**
 * One publish transaction: writes the deletes that are in no file yet, moves the checkpoint as far as what stays in memory allows, and switches the collection
 * to the new view in one turn. The caller runs it in the collection's `publishing` lane. Resolves to the version of the catalog.
 */
export async function publish(
  context: WriterContext,
  collection: WritableCollection,
  publication: Publication,
): Promise<number> {
  const files = await writeDeleteFile(context, collection, publication);
  try {
    const { checkpoint, sealedTimestamp } = whatStays(context, collection, publication, files.filedTo);
    const atMs = context.clock.nowMs();
    const version = await applyChanges(context, [
      ...(publication.changes ?? []),
      {
        kind: 'publish',
        collectionId: collection.id,
        addSegments: publication.addSegments,
        retireSegmentIds: publication.retireSegmentIds,
        addDeleteFiles: files.added ? [files.added] : [],
        retireDeleteFileIds: files.retiredIds,
        checkpoint,
        sealedTimestamp,
        atMs,
      },
    ]);
    collection.published({
      added: publication.addSegments,
      retiredSegmentIds: publication.retireSegmentIds,
      addedDeleteFiles: files.added ? [files.added] : [],
      retiredDeleteFileIds: files.retiredIds,
      checkpoint,
      sealedTimestamp,
      atMs,
    });
    collection.deletes.markFiled(files.filedTo);
    for (const segment of publication.leaving) collection.unsealed.delete(segment.id);
    publication.switched?.();
    return version;
  } finally {
    if (files.added) context.deleteFileStore.end(files.added);
  }
}

/** The part of the log that this collection still needs begins after this position; undefined: it needs nothing that is applied. */
export function neededAfter(
  collection: WritableCollection,
): { position: LogPosition; timestamp: Timestamp } | undefined {
  return oldestNeeded(collection, { addSegments: [], leaving: [] }, collection.deletes.filedTo);
}

async function writeDeleteFile(
  context: WriterContext,
  collection: WritableCollection,
  publication: Publication,
): Promise<DeleteFileChange> {
  const { deletes } = collection;
  const upTo = context.queue.settledTimestamp();
  const retiring = new Set(publication.retireSegmentIds);
  const staying = [...collection.live.values()].filter((segment) => !retiring.has(segment.id));
  const live = [...staying, ...publication.addSegments];
  const isDone = (file: { toTimestamp: Timestamp }) =>
    live.every((segment) => segment.deletesAppliedTimestamp >= file.toTimestamp);
  const done = collection.liveDeleteFiles.filter(isDone);
  const kept = collection.liveDeleteFiles.filter((file) => !isDone(file));
  const unfiled = deletes.between(deletes.filedTo, upTo);
  const nobodyNeeds = !isNeeded(unfiled, [...live, ...collection.live.values(), ...collection.retired.values()]);
  if (nobodyNeeds) return { added: undefined, retiredIds: done.map((file) => file.id), filedTo: upTo };
  const merged = kept.length >= BUILDER_LIMITS.deleteFilesMax ? kept : [];
  const batches = [];
  for (const file of merged) batches.push(await readDeleteFile(context.storage, file));
  const identity = {
    id: context.ids.next(),
    collectionId: collection.id,
    fromTimestamp: merged[0]?.fromTimestamp ?? deletes.filedTo,
    toTimestamp: upTo,
  };
  const added = await context.deleteFileStore.put(identity, concatDeletes([...batches, toDeleteBatch(unfiled)]));
  return { added, retiredIds: [...done, ...merged].map((file) => file.id), filedTo: upTo };
}

function isNeeded(unfiled: readonly BufferedDelete[], segments: readonly SegmentRecord[]): boolean {
  const newest = unfiled.at(-1)?.timestamp;
  return newest !== undefined && segments.some((segment) => segment.deletesAppliedTimestamp < newest);
}

/** Computed in one turn; what arrives later has larger positions and timestamps. */
function whatStays(
  context: WriterContext,
  collection: WritableCollection,
  publication: Publication,
  filedTo: Timestamp,
): { checkpoint: Checkpoint; sealedTimestamp: Timestamp } {
  const settled = context.queue.settledTimestamp();
  const oldest = oldestNeeded(collection, publication, filedTo);
  const position = oldest?.position ?? context.queue.appliedPosition;
  const before = collection.checkpointPosition;
  const isBack = before !== undefined && compareLogPositions(position, before) < 0;
  const checkpoint = isBack
    ? collection.checkpoint!
    : { position: logPositionToString(position), timestamp: oldest?.timestamp ?? settled };
  let sealedTimestamp = settled;
  for (const segment of collection.unsealed.values()) {
    const first = segment.firstTimestamp;
    if (!publication.leaving.includes(segment) && first !== undefined && first <= sealedTimestamp)
      sealedTimestamp = first - 1n;
  }
  return { checkpoint, sealedTimestamp };
}

function oldestNeeded(
  collection: WritableCollection,
  publication: Pick<Publication, 'addSegments' | 'leaving'>,
  filedTo: Timestamp,
): { position: LogPosition; timestamp: Timestamp } | undefined {
  let oldest: { position: LogPosition; timestamp: Timestamp } | undefined;
  const consider = (position: LogPosition | undefined, timestamp: Timestamp | undefined) => {
    if (position === undefined || timestamp === undefined) return;
    if (!oldest || compareLogPositions(position, oldest.position) < 0) oldest = { position, timestamp };
  };
  for (const segment of collection.unsealed.values()) {
    if (!publication.leaving.includes(segment)) consider(segment.firstPosition, segment.firstTimestamp);
  }
  // Deletes are in the log for the sake of segments that have not applied them; without a segment, rows in memory hold their own part of the log.
  const applied = collection.oldestDeletesApplied();
  if (applied !== undefined || publication.addSegments.length > 0) {
    const unfiled = collection.deletes.oldestUnfiled(applied !== undefined && applied > filedTo ? applied : filedTo);
    consider(unfiled?.position, unfiled?.timestamp);
  }
  if (!oldest) return undefined;
  const { term, sequence } = oldest.position;
  return { position: { term, sequence: sequence - 1 }, timestamp: oldest.timestamp - 1n };
}
