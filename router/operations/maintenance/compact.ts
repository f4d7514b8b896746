import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface CompactInput {
  readonly collection: string;
  /** By id when the name is empty. */
  readonly collectionId?: number;
  /** `target_size` in megabytes; 0: not said. */
  readonly targetSizeMb: number;
  /** Undefined or 0: all partitions. */
  readonly partitionId?: number;
  /** Undefined or empty: all segments. */
  readonly segmentIds?: readonly number[];
}

export interface CompactOutput {
  /** -1: nothing to do. */
  readonly jobId: number;
  readonly planCount: number;
}

const BYTES_PER_MEGABYTE = 1024 * 1024;

/** Merges small segments, and rewrites those with deleted rows; what is asked for in ids must be of the collection. */
export async function compact(cluster: Cluster, context: RequestContext, input: CompactInput): Promise<CompactOutput> {
  const { compactionTargetMbMin } = cluster.limits;
  if (input.targetSizeMb !== 0 && input.targetSizeMb < compactionTargetMbMin) {
    throw new BraidError(
      'parameterInvalid',
      `targetSize ${input.targetSizeMb} MB should be at least ${compactionTargetMbMin} MB`,
    );
  }
  const collection = await cluster.catalog.read((catalog) =>
    input.collection === '' && input.collectionId !== undefined
      ? catalog.collectionById(input.collectionId)
      : catalog.collection(context.database, input.collection),
  );
  const partitionId = input.partitionId ?? 0;
  if (partitionId !== 0 && !collection.partitions.some((partition) => partition.id === partitionId)) {
    throw new BraidError('partitionNotFound', `partition not found[partition=${partitionId}]`);
  }
  const { jobId, planCount } = await cluster.writer.compact(context, {
    collectionId: collection.id,
    partitionId,
    segmentIds: [...(input.segmentIds ?? [])],
    targetBytes: input.targetSizeMb * BYTES_PER_MEGABYTE,
  });
  return { jobId, planCount };
}
