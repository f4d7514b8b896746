import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface CompactionStateInput {
  readonly jobId: number;
}

/** Serves GetCompactionState and GetCompactionStateWithPlans (whose plans are counted, not listed). Unknown jobs are done. */
export interface CompactionStateOutput {
  readonly done: boolean;
  readonly executingCount: number;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly error: string;
}

export async function compactionState(
  cluster: Cluster,
  context: RequestContext,
  input: CompactionStateInput,
): Promise<CompactionStateOutput> {
  const { done, executing, completed, failed, error } = await cluster.writer.job(context, input.jobId);
  return { done, executingCount: executing, completedCount: completed, failedCount: failed, error };
}
