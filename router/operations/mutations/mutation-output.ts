import type { KeyList } from '../../../core/merge/merge-hits.ts';
import type { Timestamp } from '../../../core/timestamps.ts';

export interface MutationOutput {
  /** Keys of the rows in row order: assigned ones for autoID. Of a delete by filter: the keys that were deleted. */
  readonly keys: KeyList;
  readonly rowCount: number;
  /** When the write took place: what the client's session waits for in its next read. */
  readonly timestamp: Timestamp;
}
