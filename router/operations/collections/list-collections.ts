import type { CollectionRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { loadedPercent } from '../loading/loaded-percent.ts';
import type { RequestContext } from '../request-context.ts';
import { sees } from '../visibility.ts';

export interface ListCollectionsInput {
  /** Only collections that are loaded. */
  readonly loadedOnly: boolean;
  /** Empty: all of the database. */
  readonly names: readonly string[];
}

export interface ListedCollection {
  readonly collection: CollectionRecord;
  /** 0 when it is not loaded. */
  readonly loadedPercent: number;
  readonly queryable: boolean;
}

export async function listCollections(
  cluster: Cluster,
  context: RequestContext,
  input: ListCollectionsInput,
): Promise<readonly ListedCollection[]> {
  const wanted = await cluster.catalog.read((catalog) => {
    const inDatabase = catalog.collectionsOf(catalog.database(context.database).id);
    const all = inDatabase.filter(({ name }) => sees(context, context.database, name));
    return input.names.length === 0 ? all : all.filter((collection) => input.names.includes(collection.name));
  });
  const loaded = (collection: CollectionRecord): boolean => collection.partitions.some((partition) => partition.loaded);
  return Promise.all(
    wanted
      .filter((collection) => !input.loadedOnly || loaded(collection))
      .map(async (collection) => {
        const percent = loaded(collection) ? await loadedPercent(cluster, collection, undefined) : 0;
        return { collection, loadedPercent: percent, queryable: loaded(collection) };
      }),
  );
}
