import { BraidError } from '../../../core/errors.ts';
import { withDefaultGroup } from '../../../core/resource-groups/resource-group.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { type ResourceGroupOutput, resourceGroups } from './resource-groups.ts';

export interface ResourceGroupInput {
  readonly name: string;
}

/** Throws `resourceGroupNotFound`. */
export async function resourceGroup(
  cluster: Cluster,
  context: RequestContext,
  { name }: ResourceGroupInput,
): Promise<ResourceGroupOutput> {
  await cluster.catalog.read((catalog) => {
    if (withDefaultGroup(catalog.resourceGroups).some((group) => group.name === name)) return;
    throw new BraidError('resourceGroupNotFound', `resource group not found[rg=${name}]`);
  });
  return (await resourceGroups(cluster, context)).find((group) => group.name === name)!;
}
