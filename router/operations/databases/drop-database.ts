import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropDatabaseInput {
  readonly name: string;
}

/** The database must be empty; a missing one is success. */
export async function dropDatabase(cluster: Cluster, context: RequestContext, input: DropDatabaseInput): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'dropDatabase', database: input.name });
}
