import type { CollectionRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropPartitionInput {
  readonly collection: string;
  readonly partition: string;
}

/** A missing partition, collection or database is success; `_default` and a loaded partition cannot be dropped. */
export async function dropPartition(
  cluster: Cluster,
  context: RequestContext,
  input: DropPartitionInput,
): Promise<void> {
  const { database } = context;
  const find = (): CollectionRecord | undefined => cluster.catalog.current.findCollection(database, input.collection);
  let collection = find();
  if (!collection) {
    await cluster.catalog.refresh();
    collection = find();
  }
  if (!collection) return;
  await changeCatalog(cluster, context, {
    kind: 'dropPartition',
    database,
    collection: collection.name,
    partition: input.partition,
  });
}
