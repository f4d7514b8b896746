import type { DatabaseRecord } from '../../../core/catalog.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { seesDatabase } from '../visibility.ts';

export interface ListDatabasesOutput {
  /** In order of creation, `default` first. */
  readonly databases: readonly DatabaseRecord[];
}

export async function listDatabases(cluster: Cluster, context: RequestContext): Promise<ListDatabasesOutput> {
  return { databases: cluster.catalog.current.databases.filter(({ name }) => seesDatabase(context, name)) };
}
