import type { Timestamp } from '../../../core/timestamps.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface FlushAllStateInput {
  readonly flushTimestamp: Timestamp;
}

/** FlushAll returns when everything is sealed: true for every timestamp the writer has issued. */
export async function flushAllState(
  cluster: Cluster,
  context: RequestContext,
  input: FlushAllStateInput,
): Promise<boolean> {
  const { now } = await cluster.writer.timestamp(context, 0);
  return input.flushTimestamp <= now;
}
