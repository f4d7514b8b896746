import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropFunctionInput {
  readonly collection: string;
  readonly name: string;
  /** The output field goes with the function, and its indexes; otherwise it stays, empty and nullable, and may have no index. */
  readonly dropOutput: boolean;
}

export async function dropFunction(cluster: Cluster, context: RequestContext, input: DropFunctionInput): Promise<void> {
  const { database } = context;
  const { name, dropOutput } = input;
  const collection = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  await changeCatalog(cluster, context, {
    kind: 'dropFunction',
    database,
    collection: collection.name,
    name,
    dropOutput,
  });
}
