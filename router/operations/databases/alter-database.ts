import type { Properties } from '../../../core/catalog-commands.ts';
import { validateProperties } from '../../../core/schema/validate-properties.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import { refuseSetAndUnset } from '../refuse-set-and-unset.ts';
import type { RequestContext } from '../request-context.ts';

export interface AlterDatabaseInput {
  readonly name: string;
  readonly set: Properties;
  readonly unset: readonly string[];
}

/** Milvus gives a database its `timezone` with the first change of its properties. */
const DEFAULT_TIMEZONE = { timezone: 'UTC' };

export async function alterDatabase(
  cluster: Cluster,
  context: RequestContext,
  input: AlterDatabaseInput,
): Promise<void> {
  const { name, set, unset } = input;
  refuseSetAndUnset(set, unset);
  validateProperties(set);
  const database = await cluster.catalog.read((catalog) => catalog.database(name));
  await changeCatalog(cluster, context, {
    kind: 'alterDatabase',
    database: name,
    set: 'timezone' in database.properties ? set : { ...DEFAULT_TIMEZONE, ...set },
    unset,
  });
}
