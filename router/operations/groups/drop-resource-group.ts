import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropResourceGroupInput {
  readonly name: string;
}

/** Only a group that takes no readers and holds no replica. Dropping what is missing succeeds. */
export async function dropResourceGroup(
  cluster: Cluster,
  context: RequestContext,
  { name }: DropResourceGroupInput,
): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'dropResourceGroup', name });
}
