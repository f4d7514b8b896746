import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface CollectionStatisticsInput {
  readonly name: string;
}

export interface StatisticsOutput {
  /** Stored rows: an upsert adds one, deletes do not subtract until compaction. */
  readonly rowCount: number;
}

export async function collectionStatistics(
  cluster: Cluster,
  context: RequestContext,
  input: CollectionStatisticsInput,
): Promise<StatisticsOutput> {
  const { id } = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.name));
  const { rowCount } = await cluster.writer.statistics(context, id, []);
  return { rowCount };
}
