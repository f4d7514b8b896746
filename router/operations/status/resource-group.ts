import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { type ResourceGroupOutput, resourceGroups } from './resource-groups.ts';

export interface ResourceGroupInput {
  readonly name: string;
}

export async function resourceGroup(
  cluster: Cluster,
  context: RequestContext,
  { name }: ResourceGroupInput,
): Promise<ResourceGroupOutput> {
  const found = (await resourceGroups(cluster, context)).find((group) => group.name === name);
  if (found) return found;
  throw new BraidError('resourceGroupNotFound', `resource group not found[rg=${name}]`);
}
