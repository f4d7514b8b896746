import type { Properties } from '../../../core/catalog-commands.ts';
import { validateProperties } from '../../../core/schema/validate-properties.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import { refuseSetAndUnset } from '../refuse-set-and-unset.ts';
import type { RequestContext } from '../request-context.ts';

export interface AlterCollectionInput {
  readonly name: string;
  readonly set: Properties;
  readonly unset: readonly string[];
}

/** Sets properties, or removes some; keys that mean nothing here are kept all the same. */
export async function alterCollection(
  cluster: Cluster,
  context: RequestContext,
  input: AlterCollectionInput,
): Promise<void> {
  const { database } = context;
  const { set, unset } = input;
  refuseSetAndUnset(set, unset);
  validateProperties(set);
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.name));
  await changeCatalog(cluster, context, { kind: 'alterCollection', database, collection: name, set, unset });
}
