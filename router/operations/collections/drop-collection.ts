import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropCollectionInput {
  readonly name: string;
}

/** A missing collection (also in a missing database) is success; one that has aliases is an error. */
export async function dropCollection(
  cluster: Cluster,
  context: RequestContext,
  input: DropCollectionInput,
): Promise<void> {
  const { database } = context;
  const found = cluster.catalog.current.findCollection(database, input.name);
  if (found !== undefined && found.name !== input.name) {
    throw new BraidError('parameterUnexpected', `cannot drop the collection via alias = ${input.name}`);
  }
  await changeCatalog(cluster, context, { kind: 'dropCollection', database, collection: input.name });
}
