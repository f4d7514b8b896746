import { validateName } from '../../../core/schema/validate-name.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreatePartitionInput {
  readonly collection: string;
  readonly partition: string;
}

/** Creating what exists is success. */
export async function createPartition(
  cluster: Cluster,
  context: RequestContext,
  input: CreatePartitionInput,
): Promise<void> {
  const { database } = context;
  validateName('partition', input.partition);
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  await changeCatalog(cluster, context, {
    kind: 'createPartition',
    database,
    collection: name,
    partition: input.partition,
  });
}
