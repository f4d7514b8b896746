import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface DescribeAliasInput {
  readonly alias: string;
}

export interface DescribeAliasOutput {
  readonly alias: string;
  readonly collection: string;
  readonly database: string;
}

export async function describeAlias(
  cluster: Cluster,
  context: RequestContext,
  input: DescribeAliasInput,
): Promise<DescribeAliasOutput> {
  const { database } = context;
  const { name } = await cluster.catalog.read((catalog) => catalog.collectionOfAlias(database, input.alias));
  return { alias: input.alias, collection: name, database };
}
