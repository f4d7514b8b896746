import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';
import { refuseBadTransfer } from './refuse-bad-transfer.ts';
import { resourceGroup } from './resource-group.ts';

export interface TransferNodesInput {
  readonly source: string;
  readonly target: string;
  readonly count: number;
}

/** Milvus' old way to say it: so many nodes less requested here, so many more there. Which ones, the groups' configurations decide. */
export async function transferNodes(
  cluster: Cluster,
  context: RequestContext,
  { source, target, count }: TransferNodesInput,
): Promise<void> {
  refuseBadTransfer({ source, target, count, what: 'NumNode' });
  const { nodes } = await resourceGroup(cluster, context, { name: source });
  await resourceGroup(cluster, context, { name: target });
  if (nodes.length < count) {
    const message = `resource group's node not enough[rg=${source}]: it has ${nodes.length}, ${count} cannot be transferred`;
    throw new BraidError('resourceGroupNodesShort', message);
  }
  await changeCatalog(cluster, context, { kind: 'transferNodes', source, target, count });
}
