import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { loadedPercent } from './loaded-percent.ts';

export interface LoadingProgressInput {
  readonly collection: string;
  /** Empty: all that are loaded. */
  readonly partitions: readonly string[];
}

/** 0..100. What is not loaded: `collectionNotLoaded` or `partitionNotLoaded`. */
export async function loadingProgress(
  cluster: Cluster,
  context: RequestContext,
  input: LoadingProgressInput,
): Promise<number> {
  const { collection, partitionIds } = await cluster.catalog.read((catalog) => {
    const found = catalog.collection(context.database, input.collection);
    const named = catalog.partitions(found, input.partitions);
    const missing = named.find((partition) => !partition.loaded);
    if (missing) throw new BraidError('partitionNotLoaded', `partition not loaded[partition=${missing.name}]`);
    if (!found.partitions.some((partition) => partition.loaded)) {
      throw new BraidError('collectionNotLoaded', `collection not loaded[collection=${found.name}]`);
    }
    return { collection: found, partitionIds: named.length === 0 ? undefined : named.map((partition) => partition.id) };
  });
  return loadedPercent(cluster, collection, partitionIds);
}
