import type { DatabaseRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface DescribeDatabaseInput {
  readonly name: string;
}

export async function describeDatabase(
  cluster: Cluster,
  _context: RequestContext,
  input: DescribeDatabaseInput,
): Promise<DatabaseRecord> {
  return cluster.catalog.read((catalog) => catalog.database(input.name));
}
