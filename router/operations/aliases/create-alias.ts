import { validateName } from '../../../core/schema/validate-name.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateAliasInput {
  readonly alias: string;
  readonly collection: string;
}

/** An alias shares its namespace with the collections of the database. Creating what exists is success. */
export async function createAlias(cluster: Cluster, context: RequestContext, input: CreateAliasInput): Promise<void> {
  validateName('alias', input.alias);
  const { database } = context;
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  await changeCatalog(cluster, context, { kind: 'createAlias', database, collection: name, alias: input.alias });
}
