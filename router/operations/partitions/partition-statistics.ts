import type { Cluster } from '../../cluster/cluster.ts';
import type { StatisticsOutput } from '../collections/collection-statistics.ts';
import type { RequestContext } from '../request-context.ts';

export interface PartitionStatisticsInput {
  readonly collection: string;
  readonly partition: string;
}

export async function partitionStatistics(
  cluster: Cluster,
  context: RequestContext,
  input: PartitionStatisticsInput,
): Promise<StatisticsOutput> {
  const { collection, partition } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(context.database, input.collection);
    return { collection, partition: catalog.partitions(collection, [input.partition])[0]! };
  });
  const { rowCount } = await cluster.writer.statistics(context, collection.id, [partition.id]);
  return { rowCount };
}
