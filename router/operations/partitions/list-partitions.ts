import type { PartitionRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { loadedPercent } from '../loading/loaded-percent.ts';
import type { RequestContext } from '../request-context.ts';

export interface ListPartitionsInput {
  readonly collection: string;
  readonly loadedOnly: boolean;
  /** Empty: all. */
  readonly names: readonly string[];
}

export interface ListedPartition {
  readonly partition: PartitionRecord;
  /** 0 when it is not loaded. */
  readonly loadedPercent: number;
}

/** In order of creation, `_default` first. */
export async function listPartitions(
  cluster: Cluster,
  context: RequestContext,
  input: ListPartitionsInput,
): Promise<readonly ListedPartition[]> {
  const { collection, wanted } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(context.database, input.collection);
    const wanted = input.names.length === 0 ? collection.partitions : catalog.partitions(collection, input.names);
    return { collection, wanted };
  });
  return Promise.all(
    wanted
      .filter((partition) => !input.loadedOnly || partition.loaded)
      .map(async (partition) => ({
        partition,
        loadedPercent: partition.loaded ? await loadedPercent(cluster, collection, [partition.id]) : 0,
      })),
  );
}
