import { validateName } from '../../../core/schema/validate-name.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface AlterAliasInput {
  readonly alias: string;
  readonly collection: string;
}

/** Points an existing alias to another collection. */
export async function alterAlias(cluster: Cluster, context: RequestContext, input: AlterAliasInput): Promise<void> {
  validateName('alias', input.alias);
  const { database } = context;
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  await changeCatalog(cluster, context, { kind: 'alterAlias', database, collection: name, alias: input.alias });
}
