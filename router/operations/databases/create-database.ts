import type { Properties } from '../../../core/catalog-commands.ts';
import { validateName } from '../../../core/schema/validate-name.ts';
import { validateProperties } from '../../../core/schema/validate-properties.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateDatabaseInput {
  readonly name: string;
  readonly properties: Properties;
}

/** An existing name is an error. */
export async function createDatabase(
  cluster: Cluster,
  context: RequestContext,
  input: CreateDatabaseInput,
): Promise<void> {
  validateName('database', input.name);
  validateProperties(input.properties);
  await changeCatalog(cluster, context, { kind: 'createDatabase', database: input.name, properties: input.properties });
}
