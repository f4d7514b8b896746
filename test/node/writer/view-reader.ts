import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectionRecord, DeleteFileRecord, SegmentRecord } from '../../../core/catalog.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import { SegmentStore } from '../../../node/builder/segment-store.ts';
import { readDeleteFile } from '../../../node/segment/read-delete-file.ts';
import { querySegments } from '../../../node/segment/read-segments.ts';
import type { SealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { DeleteBatch } from '../../../node/segment/segment.ts';
import type { WriterNode } from '../../../node/writer/writer-node.ts';
import type { ObjectStorage } from '../../../plugins/storage/storage.ts';
import { decodeKeys } from '../../../proto/node-protocol/column-codec.ts';
import { arrayFrom, rowsOf, scopeOf, VERSION_FIELD } from './rows.ts';
import { CONTEXT, NEVER } from './test-writer.ts';

/** What a reader knows of a view: its segments, its delete files, then the writer's stream. */
export interface ViewRows {
  readonly rows: Map<bigint, bigint>;
  /** Rows, doubles counted. */
  readonly count: number;
}

export interface ViewLike {
  readonly segments: readonly SegmentRecord[];
  readonly deleteFiles: readonly DeleteFileRecord[];
}

/** The rows of a view as a reader answers for them. `more` are deletes that the reader got otherwise. */
export async function readViewRows(
  storage: ObjectStorage,
  collection: CollectionRecord,
  view: ViewLike,
  more: readonly DeleteBatch[],
): Promise<ViewRows> {
  const folder = await mkdtemp(join(tmpdir(), 'braid-view-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const store = new SegmentStore(storage, folder, 0);
  const { schema, indexes } = collection;
  const opened = await Promise.all(view.segments.map((record) => store.open(record, { schema, indexes }, NEVER)));
  const deletes = [...(await Promise.all(view.deleteFiles.map((file) => readDeleteFile(storage, file)))), ...more];
  const segments: readonly SealedSegment[] = opened.map(({ segment }) => segment);
  for (const segment of segments) for (const batch of deletes) segment.applyDeletes(batch);
  const request = {
    context: CONTEXT,
    scope: scopeOf(collection.id, 0),
    filter: undefined,
    keys: undefined,
    limit: 0,
    aggregation: undefined,
    ignoreGrowing: false,
  };
  const state = { appliedTimestamp: 0n, lastDeleteTimestamp: 0n };
  const options = { schema, indexes, filter: undefined, state };
  const rows = await querySegments(
    segments,
    { ...request, outputFieldIds: [VERSION_FIELD], countOnly: false },
    options,
  );
  const { count } = await querySegments(segments, { ...request, outputFieldIds: [], countOnly: true }, options);
  for (const one of opened) await one.release();
  return { rows: rowsOf(rows), count };
}

/** Where a reader's stream begins for a view. */
export function streamStart(view: ViewLike): Timestamp {
  const applied = view.segments.map((segment) => segment.deletesAppliedTimestamp);
  const oldest = applied.reduce((low, one) => (one < low ? one : low), applied[0] ?? 0n);
  return view.deleteFiles.reduce((high, file) => (file.toTimestamp > high ? file.toTimestamp : high), oldest);
}

/** Everything the stream has to say now; undefined if it is too old. */
export async function streamedDeletes(
  node: WriterNode,
  collectionId: number,
  afterTimestamp: Timestamp,
): Promise<readonly DeleteBatch[] | undefined> {
  const { now } = await node.timestamp({ context: CONTEXT, collectionId }, NEVER);
  const stop = new AbortController();
  const batches: DeleteBatch[] = [];
  for await (const event of node.watchDeletes({ context: CONTEXT, collectionId, afterTimestamp }, stop.signal)) {
    if (event.tooOld) return undefined;
    const timestamps = arrayFrom(BigUint64Array, event.timestamps);
    if (timestamps.length > 0) {
      const partitionIds = arrayFrom(BigInt64Array, event.partitionIds);
      batches.push({ keys: decodeKeys(event.keys), timestamps, partitionIds });
    }
    if (event.watermark >= now) break;
  }
  stop.abort();
  return batches;
}
