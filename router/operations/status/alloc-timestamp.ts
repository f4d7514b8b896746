import type { Timestamp } from '../../../core/timestamps.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export async function allocTimestamp(cluster: Cluster, context: RequestContext): Promise<Timestamp> {
  const { now } = await cluster.writer.timestamp(context, 0);
  return now;
}
