import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface CompactInput {
  readonly collection: string;
  /** By id when the name is empty. */
  readonly collectionId?: number;
  /** `target_size` in megabytes; 0: not said. */
  readonly targetSizeMb: number;
}

export interface CompactOutput {
  /** -1: nothing to do. */
  readonly jobId: number;
  readonly planCount: number;
}

export async function compact(cluster: Cluster, context: RequestContext, input: CompactInput): Promise<CompactOutput> {
  const { compactionTargetMbMin } = cluster.limits;
  if (input.targetSizeMb !== 0 && input.targetSizeMb < compactionTargetMbMin) {
    throw new BraidError(
      'parameterInvalid',
      `targetSize ${input.targetSizeMb} MB should be at least ${compactionTargetMbMin} MB`,
    );
  }
  const { id } = await cluster.catalog.read((catalog) =>
    input.collection === '' && input.collectionId !== undefined
      ? catalog.collectionById(input.collectionId)
      : catalog.collection(context.database, input.collection),
  );
  const { jobId, planCount } = await cluster.writer.compact(context, id);
  return { jobId, planCount };
}
