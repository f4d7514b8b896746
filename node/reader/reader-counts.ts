import type { Timestamp } from '../../core/timestamps.ts';
import type { HeldSegments } from '../segment/held-segments.ts';

/** What a reader holds, counted when its metrics are read. */
export interface ReaderCounts {
  readonly catalogVersion: number;
  readonly collections: readonly {
    readonly id: number;
    readonly name: string;
    readonly database: string;
    readonly loadedPartitions: number;
    readonly held: HeldSegments;
    /** Segments that are to be loaded here. */
    readonly awaited: number;
    /** Segments that are others' now. */
    readonly leaving: number;
    /** All deletes up to here are applied. */
    readonly appliedTimestamp: Timestamp;
    /** There is a newer view than the one that is known. */
    readonly isViewStale: boolean;
  }[];
}
