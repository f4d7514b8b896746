import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface HasPartitionInput {
  readonly collection: string;
  readonly partition: string;
}

/** An unknown partition is false, an unknown collection an error. */
export async function hasPartition(
  cluster: Cluster,
  context: RequestContext,
  input: HasPartitionInput,
): Promise<boolean> {
  const has = (): Promise<boolean> =>
    cluster.catalog.read((catalog) => {
      const { partitions } = catalog.collection(context.database, input.collection);
      return partitions.some((partition) => partition.name === input.partition);
    });
  if (await has()) return true;
  await cluster.catalog.refresh();
  return has();
}
