import type { SegmentRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { ReadState, Scope } from '../../proto/generated/node.ts';
import type { Segment } from '../segment/segment.ts';
import { WRITER_LIMITS } from './limits.ts';
import { abortable } from './wait.ts';
import type { WritableCollection } from './writable-collection.ts';
import { requireCollection, type WriterContext } from './writer-context.ts';

/** The rows that a view does not cover, at one moment. */
export interface Coverage {
  readonly collection: WritableCollection;
  readonly segments: readonly Segment[];
  readonly state: Pick<ReadState, 'appliedTimestamp' | 'lastDeleteTimestamp'>;
}

/**
 * Calls `read` with the segments that hold every row the caller's view does not cover, each once, in the turn in which that is so and the lease is trusted:
 * `read` takes its snapshots before it gives way. Waits for the guarantee, for the view's version and for segments that have to be opened; throws the
 * signal's reason when that takes too long.
 */
export async function readCoverage<Answer>(
  context: WriterContext,
  scope: Scope,
  ignoreGrowing: boolean,
  signal: AbortSignal,
  read: (coverage: Coverage) => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    await context.queue.waitSettled(scope.guaranteeTimestamp, signal);
    signal.throwIfAborted();
    // From here to `read` nothing is awaited, unless it begins again.
    const collection = requireCollection(context, scope.collectionId);
    checkSchemaVersion(collection, scope.schemaVersion);
    if (!context.leadership.isTrusted) {
      await abortable(context.leadership.confirm(), signal);
      continue;
    }
    if (collection.viewVersion < scope.viewVersion) {
      // The router has read the new view before this node heard that its own transaction is through.
      await abortable(collection.reached(scope.viewVersion), signal);
      continue;
    }
    const { segments, missing } = segmentsNow(collection, scope, ignoreGrowing);
    if (missing.length === 0) return read({ collection, segments, state: readState(context, collection) });
    const next = missing.slice(0, WRITER_LIMITS.opensAtOnce);
    await Promise.all(next.map((record) => collection.residents.open(record, signal)));
  }
}

/** What of the writes a read in this turn reflects. */
function readState(context: WriterContext, collection: WritableCollection): Coverage['state'] {
  return {
    appliedTimestamp: context.queue.settledTimestamp(),
    lastDeleteTimestamp: collection.lastDeleteTimestamp,
  };
}

function segmentsNow(
  collection: WritableCollection,
  scope: Scope,
  ignoreGrowing: boolean,
): { readonly segments: readonly Segment[]; readonly missing: readonly SegmentRecord[] } {
  const isInScope = ({ partitionId }: { partitionId: number }) =>
    scope.partitionIds.length === 0 || scope.partitionIds.includes(partitionId);
  const segments: Segment[] = [];
  const missing: SegmentRecord[] = [];
  for (const unsealed of collection.unsealed.values()) {
    if (!ignoreGrowing && isInScope(unsealed)) segments.push(unsealed.segment);
  }
  for (const record of collection.sealedAfter(scope.viewVersion)) {
    if (!isInScope(record)) continue;
    const segment = collection.residents.get(record.id);
    if (segment) segments.push(segment);
    else missing.push(record);
  }
  return { segments, missing };
}

function checkSchemaVersion(collection: WritableCollection, version: number): void {
  const known = collection.record.schema.version;
  if (version <= known) return;
  const message = `collection ${collection.id} has schema version ${known}, the request was made with ${version}`;
  throw new BraidError('schemaMismatch', message);
}
