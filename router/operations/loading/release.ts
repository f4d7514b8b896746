import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface ReleaseInput {
  readonly collection: string;
  /** Empty: the whole collection. */
  readonly partitions: readonly string[];
}

/** Releasing what is not loaded is success. */
export async function release(cluster: Cluster, context: RequestContext, input: ReleaseInput): Promise<void> {
  const { database } = context;
  const { name } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    catalog.partitions(collection, input.partitions);
    return collection;
  });
  await changeCatalog(cluster, context, { kind: 'release', database, collection: name, partitions: input.partitions });
}
