import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface TruncateCollectionInput {
  readonly name: string;
}

/** The rows go; schema, indexes and load state stay. */
export async function truncateCollection(
  cluster: Cluster,
  context: RequestContext,
  input: TruncateCollectionInput,
): Promise<void> {
  const { database } = context;
  const { name, id } = await cluster.catalog.read((catalog) => catalog.collection(database, input.name));
  await changeCatalog(cluster, context, { kind: 'truncateCollection', database, collection: name });
  // The segments that are gone must not be asked again: a search right after this sees nothing of them.
  await cluster.views.renew(id).catch(() => {});
}
