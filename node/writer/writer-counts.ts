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
    readonly name: string;
    readonly partitions: number;
    readonly growing: HeldSegments;
    /** Sealed ones that are kept in memory for routers with an older view. */
    readonly resident: HeldSegments;
    /** Segments of the newest view. */
    readonly published: number;
  }[];
}
