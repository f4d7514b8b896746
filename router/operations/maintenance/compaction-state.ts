import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface CompactionStateInput {
  readonly jobId: number;
}

/** Unknown jobs are done. */
export interface CompactionStateOutput {
  readonly done: boolean;
  readonly executingCount: number;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly error: string;
  /** Those that made a segment. */
  readonly merges: readonly { readonly sourceIds: readonly number[]; readonly targetId: number }[];
}

export async function compactionState(
  cluster: Cluster,
  context: RequestContext,
  input: CompactionStateInput,
): Promise<CompactionStateOutput> {
  const { done, executing, completed, failed, error, plans } = await cluster.writer.job(context, input.jobId);
  return {
    done,
    executingCount: executing,
    completedCount: completed,
    failedCount: failed,
    error,
    merges: plans.filter(({ targetId }) => targetId !== 0),
  };
}
