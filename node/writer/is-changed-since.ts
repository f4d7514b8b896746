import type { PrimaryKey } from '../../core/columns/column.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { WritableCollection } from './writable-collection.ts';

/** Whether one of the keys was deleted or upserted after this time, by a write that is applied or under way; also true when that is no longer known. */
export function isChangedSince(collection: WritableCollection, keys: KeyList, timestamp: Timestamp): boolean {
  const { deletes, deletesInFlight } = collection;
  if (timestamp < deletes.droppedTo) return true;
  const applied = deletes.after(timestamp).map((entry) => entry.keys);
  if (applied.length === 0 && deletesInFlight.size === 0) return false;
  const wanted = new Set<PrimaryKey>(keys);
  return [...applied, ...deletesInFlight].some((list) => holdsAny(list, wanted));
}

function holdsAny(list: KeyList, wanted: ReadonlySet<PrimaryKey>): boolean {
  for (let i = 0; i < list.length; i++) if (wanted.has(list[i]!)) return true;
  return false;
}
