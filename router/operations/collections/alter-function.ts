import type { FunctionDraft } from '../../../core/schema/validate-collection-schema.ts';
import { refuseFunctionType } from '../../../core/schema/validate-functions.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface AlterFunctionInput {
  readonly collection: string;
  readonly name: string;
  /** Whole, with the same name, input and output: only the description may be another. */
  readonly definition: FunctionDraft;
}

export async function alterFunction(
  cluster: Cluster,
  context: RequestContext,
  input: AlterFunctionInput,
): Promise<void> {
  const { database } = context;
  const { name, definition } = input;
  refuseFunctionType(definition);
  const collection = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  await changeCatalog(cluster, context, {
    kind: 'alterFunction',
    database,
    collection: collection.name,
    name,
    definition,
  });
}
