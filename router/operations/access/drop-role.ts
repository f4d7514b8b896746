import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropRoleInput {
  readonly role: string;
  /** Also if it has privileges. */
  readonly force: boolean;
}

/** Users lose the role. The roles `admin` and `public` stay. */
export async function dropRole(cluster: Cluster, context: RequestContext, input: DropRoleInput): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'dropRole', ...input });
}
