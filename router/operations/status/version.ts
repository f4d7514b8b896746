import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

/** The Milvus whose API this is. Clients only show it. */
const MILVUS_VERSION = 'v2.6.17';

export interface VersionOutput {
  readonly version: string;
  /** Tools offer replicas only when it is DISTRIBUTED. */
  readonly deployMode: 'STANDALONE' | 'DISTRIBUTED';
}

export async function version(cluster: Cluster, _context: RequestContext): Promise<VersionOutput> {
  return { version: MILVUS_VERSION, deployMode: cluster.members.all().length > 1 ? 'DISTRIBUTED' : 'STANDALONE' };
}
