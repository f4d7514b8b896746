import type { CollectionRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { loadedPercent } from './loaded-percent.ts';

export interface LoadStateInput {
  readonly collection: string;
  /** Empty: the collection, which is loaded when any partition is. */
  readonly partitions: readonly string[];
}

/** Numbers of the wire (LoadState). */
export const LoadState = { NotExist: 0, NotLoad: 1, Loading: 2, Loaded: 3 } as const;
export type LoadState = (typeof LoadState)[keyof typeof LoadState];

export interface LoadStateOutput {
  readonly state: LoadState;
  /** 0..100. */
  readonly progress: number;
}

/** An unknown collection is `NotExist`, not an error. Named partitions must all be loaded to count as loaded. */
export async function loadState(
  cluster: Cluster,
  context: RequestContext,
  input: LoadStateInput,
): Promise<LoadStateOutput> {
  const { database } = context;
  const find = (): CollectionRecord | undefined => cluster.catalog.current.findCollection(database, input.collection);
  if (!find()) await cluster.catalog.refresh().catch(() => {});
  const collection = find();
  if (!collection) return { state: LoadState.NotExist, progress: 0 };
  const named = await cluster.catalog.read((catalog) =>
    catalog.partitions(catalog.collectionById(collection.id), input.partitions),
  );
  const isLoaded =
    named.length > 0
      ? named.every((partition) => partition.loaded)
      : collection.partitions.some((partition) => partition.loaded);
  if (!isLoaded) return { state: LoadState.NotLoad, progress: 0 };
  const partitionIds = named.length === 0 ? undefined : named.map((partition) => partition.id);
  const progress = await loadedPercent(cluster, collection, partitionIds);
  return { state: progress === 100 ? LoadState.Loaded : LoadState.Loading, progress };
}
