import type { ConsistencyLevel } from '../../../core/catalog.ts';
import type { Timestamp } from '../../../core/timestamps.ts';

/** How fresh a read must be, as the wire says it. */
export interface ReadConsistency {
  /** True: the collection's own level; the two below do not count. */
  readonly useDefault: boolean;
  readonly level: ConsistencyLevel;
  /** 0 strong, 1 eventually, 2 bounded; above: this timestamp (a session's last write, the snapshot of an iterator). */
  readonly guaranteeTimestamp: Timestamp;
}
