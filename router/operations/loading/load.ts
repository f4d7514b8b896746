import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { vectorFields } from '../../../core/schema/collection-schema.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface LoadInput {
  readonly collection: string;
  /** Empty: the whole collection, partitions created later included. */
  readonly partitions: readonly string[];
  /** 0: 1. */
  readonly replicaCount: number;
}

/** Returns at once; `loadingProgress` tells how far it is. Loading what is loaded is success. */
export async function load(cluster: Cluster, context: RequestContext, input: LoadInput): Promise<void> {
  const { database } = context;
  const replicaCount = Math.max(1, input.replicaCount);
  const { name } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    catalog.partitions(collection, input.partitions);
    refuseWithoutIndex(collection);
    return collection;
  });
  const readerCount = cluster.members.readers().length;
  if (replicaCount > Math.max(1, readerCount)) {
    const message = `failed to load collection: ${replicaCount} replicas need as many readers, but there are ${readerCount}: resource group node not enough`;
    throw new BraidError('resourceInsufficient', message);
  }
  await changeCatalog(cluster, context, {
    kind: 'load',
    database,
    collection: name,
    partitions: input.partitions,
    replicaCount,
  });
}

function refuseWithoutIndex(collection: CollectionRecord): void {
  const missing = vectorFields(collection.schema).filter(
    (field) => !collection.indexes.some((index) => index.fieldId === field.id),
  );
  if (missing.length === 0) return;
  const names = missing.map((field) => field.name).join(' ');
  const message = `there is no vector index on field: [${names}], please create index firstly: index not found[collection=${collection.name}]`;
  throw new BraidError('indexNotFound', message);
}
