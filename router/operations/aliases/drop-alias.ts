import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropAliasInput {
  readonly alias: string;
}

/** A missing alias is success. */
export async function dropAlias(cluster: Cluster, context: RequestContext, input: DropAliasInput): Promise<void> {
  await changeCatalog(cluster, context, { kind: 'dropAlias', database: context.database, alias: input.alias });
}
