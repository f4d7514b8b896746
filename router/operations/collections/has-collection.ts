import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface HasCollectionInput {
  /** Name or alias. */
  readonly name: string;
}

export async function hasCollection(
  cluster: Cluster,
  context: RequestContext,
  input: HasCollectionInput,
): Promise<boolean> {
  const { database } = context;
  if (cluster.catalog.current.findCollection(database, input.name)) return true;
  await cluster.catalog.refresh();
  return cluster.catalog.current.findCollection(database, input.name) !== undefined;
}
