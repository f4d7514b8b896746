import type { IndexRecord, SegmentRecord } from '../../core/catalog.ts';
import type { CollectionSchema } from '../../core/schema/collection-schema.ts';
import type { Expiry } from '../../core/schema/expiry.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { GrowingSegment } from '../segment/growing-segment.ts';
import { mergeSegments } from '../segment/merge-segments.ts';
import type { Segment } from '../segment/segment.ts';
import { type WrittenSegment, writeSegment } from '../segment/write-segment.ts';
import type { SegmentStore } from './segment-store.ts';

/** A segment whose files are on shared storage, ready to be published. */
export interface BuiltSegment {
  /** `createdVersion` is the metadata store's to fill in. */
  readonly record: SegmentRecord;
  /** To be called when the segment is published or given up. */
  end(): Promise<void>;
}

export interface SealOptions {
  readonly collectionId: number;
  /** What of the deletes the source has applied; asked in the turn in which its mask is taken. */
  readonly deletesApplied: () => Timestamp;
  readonly signal: AbortSignal;
}

/** Writes a frozen growing segment to shared storage. On an error nothing is left but objects for garbage collection. */
export function sealSegment(store: SegmentStore, source: GrowingSegment, options: SealOptions): Promise<BuiltSegment> {
  const { collectionId, signal } = options;
  const identity = { id: source.id, collectionId, partitionId: source.partitionId, compactedFrom: [] };
  const written = build(store, identity, signal, (folder) =>
    writeSegment(source, folder, { deletesAppliedTimestamp: options.deletesApplied(), signal }),
  );
  return written as Promise<BuiltSegment>;
}

export interface MergeOptions extends SealOptions {
  readonly id: number;
  readonly partitionId: number;
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
  readonly expiry: Expiry;
}

/** Writes the live rows of several segments as one. Undefined when no row is left. */
export function mergeToSegment(
  store: SegmentStore,
  sources: readonly Segment[],
  options: MergeOptions,
): Promise<BuiltSegment | undefined> {
  const { id, collectionId, partitionId, schema, indexes, expiry, signal } = options;
  const compactedFrom = sources.map((source) => source.id);
  return build(store, { id, collectionId, partitionId, compactedFrom }, signal, (folder) =>
    mergeSegments(sources, folder, {
      id,
      partitionId,
      schema,
      indexes,
      expiry,
      deletesAppliedTimestamp: options.deletesApplied(),
      signal,
    }),
  );
}

type Identity = Pick<SegmentRecord, 'id' | 'collectionId' | 'partitionId' | 'compactedFrom'>;

async function build(
  store: SegmentStore,
  identity: Identity,
  signal: AbortSignal,
  write: (folder: string) => Promise<WrittenSegment | undefined>,
): Promise<BuiltSegment | undefined> {
  const place = store.begin(identity.collectionId, identity.id);
  try {
    const written = await write(place.folder);
    if (!written) {
      await store.end(place);
      return undefined;
    }
    const { folder, ...facts } = written;
    const record: SegmentRecord = { ...identity, ...facts, prefix: place.prefix, createdVersion: 0 };
    await store.put(record, folder, signal);
    return { record, end: () => store.end(place) };
  } catch (error) {
    await store.end(place);
    throw error;
  }
}
