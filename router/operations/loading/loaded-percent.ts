import type { CollectionRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { loadedPartitionIds } from '../../cluster/views.ts';

const NONE: ReadonlySet<number> = new Set();

/**
 * Segments of the loaded partitions (or of these) that healthy readers hold, in per cent of all in the view that searches use, each as often as there are replicas (or healthy
 * readers, if those are fewer) and with all fields that are to be loaded; 100 when there are none. So what was loaded stays so while readers load a segment that was sealed since: the writer answers for it.
 */
export async function loadedPercent(
  cluster: Cluster,
  collection: CollectionRecord,
  partitionIds: readonly number[] | undefined,
): Promise<number> {
  const { view } = await cluster.views.route(collection, { partitionIds });
  const wanted = new Set(partitionIds ?? loadedPartitionIds(collection));
  const ready = cluster.members
    .readers()
    .filter((handle) => handle.health === 'healthy')
    .map((handle) =>
      handle.hasLoaded(collection.id, collection.loadedFieldIds) ? handle.readySegments(collection.id) : NONE,
    );
  const copies = Math.max(1, Math.min(collection.replicaCount, ready.length));
  let total = 0;
  let held = 0;
  for (const { id, partitionId } of view.segments) {
    if (!wanted.has(partitionId)) continue;
    total += copies;
    held += Math.min(copies, ready.filter((segments) => segments.has(id)).length);
  }
  return total === 0 ? 100 : Math.floor((held / total) * 100);
}
