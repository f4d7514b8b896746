import type { Checkpoint } from '../metadata.ts';
import { decodeTimestamp } from './columns.ts';
import type { Transactions } from './transactions.ts';

/** Collections that never published a checkpoint have no entry. */
export function readCheckpoints(transactions: Transactions): Promise<ReadonlyMap<number, Checkpoint>> {
  return transactions.read(async (sql) => {
    const rows = await sql
      .selectFrom('braid_views')
      .select(['collection_id', 'checkpoint_position', 'checkpoint_timestamp'])
      .execute();
    const checkpoints = new Map<number, Checkpoint>();
    for (const { collection_id, checkpoint_position: position, checkpoint_timestamp } of rows) {
      if (position === null || checkpoint_timestamp === null) continue;
      const timestamp = decodeTimestamp(checkpoint_timestamp, 'braid_views.checkpoint_timestamp');
      checkpoints.set(collection_id, { position, timestamp });
    }
    return checkpoints;
  });
}
