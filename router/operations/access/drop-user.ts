import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropUserInput {
  readonly user: string;
}

/** A user that is not there is success, `root` is an error. */
export async function dropUser(cluster: Cluster, context: RequestContext, input: DropUserInput): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'dropUser', user: input.user });
}
