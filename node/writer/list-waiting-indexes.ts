import type { CollectionIndexes } from '../../proto/generated/node.ts';
import { collectStatistics } from './collect-statistics.ts';
import type { IndexStates } from './index-states.ts';
import type { WritableCollection } from './writable-collection.ts';

/** Of the collections some of whose sealed rows were written for other indexes than they have now: compaction rewrites them. */
export async function listWaitingIndexes(
  collections: readonly WritableCollection[],
  indexStates: IndexStates,
): Promise<CollectionIndexes[]> {
  const waiting: CollectionIndexes[] = [];
  for (const collection of collections) {
    const { pendingIndexes } = await collectStatistics(collection, [], indexStates);
    if (pendingIndexes.length === 0) continue;
    const rowCount = Array.from(collection.live.values()).reduce((sum, record) => sum + record.rowCount, 0);
    waiting.push({ collectionId: collection.id, rowCount, pendingIndexes });
  }
  return waiting;
}
