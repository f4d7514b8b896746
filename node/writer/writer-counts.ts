import type { SegmentRecord } from '../../core/catalog.ts';
import type { HeldSegments } from '../segment/held-segments.ts';

/** What the writer holds, counted when its metrics are read. */
export interface WriterCounts {
  readonly catalogVersion: number;
  readonly term: number;
  /** Whether writes may be acknowledged now. */
  readonly isLeaseTrusted: boolean;
  /** Of writes that are not yet durable and applied. */
  readonly inFlightBytes: number;
  readonly logBytes: number;
  readonly collections: readonly {
    readonly id: number;
    readonly name: string;
    readonly database: string;
    readonly partitions: number;
    readonly loadedPartitions: number;
    readonly growing: HeldSegments;
    /** Sealed ones that are kept in memory for routers with an older view. */
    readonly resident: HeldSegments;
    /** Segments of the newest view, on storage. */
    readonly published: StoredSegments;
  }[];
}

export interface StoredSegments {
  readonly segments: number;
  /** Deleted ones included. */
  readonly rows: number;
  readonly bytes: number;
  /** Of these: vector indexes and the copies that they compare. */
  readonly indexBytes: number;
}

/** Names of their files, see node/segment/FORMAT.md. */
const INDEX_FILE = /\.(graph|lists|vectors)$/;

export function countStored(records: Iterable<SegmentRecord>): StoredSegments {
  const stored = { segments: 0, rows: 0, bytes: 0, indexBytes: 0 };
  for (const { rowCount, byteLength, files } of records) {
    stored.segments++;
    stored.rows += rowCount;
    stored.bytes += byteLength;
    for (const file of files) if (INDEX_FILE.test(file.name)) stored.indexBytes += file.byteLength;
  }
  return stored;
}
