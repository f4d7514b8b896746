import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { EMPTY_GROUP_CONFIG, type ResourceGroupConfig } from '../../../core/resource-groups/resource-group.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateResourceGroupInput {
  readonly name: string;
  /** Undefined: a group that requests nothing and takes nothing. */
  readonly config?: ResourceGroupConfig;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Creating what exists with the same configuration succeeds. */
export async function createResourceGroup(
  cluster: Cluster,
  context: RequestContext,
  { name, config = EMPTY_GROUP_CONFIG }: CreateResourceGroupInput,
): Promise<void> {
  refuseBadName(name);
  await changeCatalog(cluster, context, { kind: 'createResourceGroup', name, config });
}

function refuseBadName(name: string): void {
  if (name === '') throw new BraidError('parameterMissing', "resource group name couldn't be empty");
  if (name.length > LIMITS.nameLengthMax) {
    const message = `a resource group name of ${name.length} characters, the limit is ${LIMITS.nameLengthMax}`;
    throw new BraidError('parameterInvalid', message);
  }
  if (!NAME.test(name)) {
    const message = `the resource group name ${name} must begin with a letter or an underscore and have only letters, digits and underscores`;
    throw new BraidError('parameterInvalid', message);
  }
}
