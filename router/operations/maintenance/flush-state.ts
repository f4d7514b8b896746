import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface FlushStateInput {
  /** Empty: only the segments decide. */
  readonly collection: string;
  readonly segmentIds: readonly number[];
}

/** True when none of the segments is growing. A flush seals before it returns, so this is nearly always true. */
export async function flushState(cluster: Cluster, context: RequestContext, input: FlushStateInput): Promise<boolean> {
  if (input.collection === '') return true;
  const { id } = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  if (input.segmentIds.length === 0) return true;
  const { segments } = await cluster.writer.statistics(context, id, []);
  const growing = new Set(
    segments.filter((segment) => segment.state === 'growing').map((segment) => segment.segmentId),
  );
  return !input.segmentIds.some((segmentId) => growing.has(segmentId));
}
