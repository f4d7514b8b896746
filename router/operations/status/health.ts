import type { Role } from '../../../plugins/discovery/discovery.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface HealthOutput {
  /** A writer leads and every node that discovery names answers. */
  readonly healthy: boolean;
  /** Why not, one line per trouble. */
  readonly reasons: readonly string[];
  readonly nodes: readonly NodeHealth[];
}

export interface NodeHealth {
  readonly nodeId: string;
  readonly address: string;
  readonly roles: readonly Role[];
  readonly healthy: boolean;
  readonly memoryBytes: number;
}

export async function health(cluster: Cluster, _context: RequestContext): Promise<HealthOutput> {
  const nodes = cluster.members.all().map((handle) => ({
    nodeId: handle.member.nodeId,
    address: handle.shard.address,
    roles: handle.member.roles,
    healthy: handle.health === 'healthy',
    memoryBytes: handle.status?.memoryBytes ?? 0,
  }));
  const reasons = cluster.members
    .all()
    .filter((handle) => handle.health !== 'healthy')
    .map((handle) => `node ${handle.member.nodeId} (${handle.shard.address}) is ${handle.health}`);
  if (!cluster.members.writer()) reasons.unshift('no writer leads');
  if (cluster.members.readers().length === 0) reasons.unshift('there is no reader');
  return { healthy: reasons.length === 0, reasons, nodes };
}
