import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { sees } from '../visibility.ts';

export interface ListAliasesInput {
  /** Empty: the aliases of all collections of the database. */
  readonly collection: string;
}

export async function listAliases(
  cluster: Cluster,
  context: RequestContext,
  input: ListAliasesInput,
): Promise<readonly string[]> {
  return cluster.catalog.read((catalog) => {
    const collections =
      input.collection === ''
        ? catalog.collectionsOf(catalog.database(context.database).id)
        : [catalog.collection(context.database, input.collection)];
    const seen = collections.filter(({ name }) => sees(context, context.database, name));
    return seen.flatMap((collection) => catalog.aliasesOf(collection.id));
  });
}
