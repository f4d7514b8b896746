import type { SearchCost } from '../../native/search-cost.ts';
import type { Segment } from './segment.ts';

export type ReadKind = 'search' | 'query';

/** Told where reads of a node spend their time, in milliseconds. Every method is cheap and never throws. */
export interface ReadObserver {
  /** A read has all it waits for: the segments, and what it must have seen. */
  waited(kind: ReadKind, durationMs: number): void;
  /** A search begins, for so many queries and the best k of each. */
  searched(queryCount: number, k: number): void;
  /** One segment has answered, so long after the read began; the cost is that of its native searches, in all rounds. */
  segmentRead(kind: ReadKind, state: Segment['state'], durationMs: number, cost: SearchCost): void;
  /** The segments' answers are one. */
  reduced(kind: ReadKind, durationMs: number): void;
}
