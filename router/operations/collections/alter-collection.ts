import { ConsistencyLevel } from '../../../core/catalog.ts';
import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { validateProperties, withMeantKeys, withMeantProperties } from '../../../core/schema/validate-properties.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import { refuseSetAndUnset } from '../refuse-set-and-unset.ts';
import type { RequestContext } from '../request-context.ts';

/** Two keys that are no properties, but what Milvus alters the same way. */
const DESCRIPTION = 'collection.description';
const CONSISTENCY_LEVEL = 'consistency_level';

export interface AlterCollectionInput {
  readonly name: string;
  readonly set: Properties;
  readonly unset: readonly string[];
}

/** Sets properties, or removes some; keys that mean nothing here are kept all the same. */
export async function alterCollection(
  cluster: Cluster,
  context: RequestContext,
  input: AlterCollectionInput,
): Promise<void> {
  const { database } = context;
  refuseSetAndUnset(input.set, input.unset);
  const unset = withMeantKeys(input.unset);
  const { [DESCRIPTION]: description, [CONSISTENCY_LEVEL]: level, ...set } = withMeantProperties(input.set);
  validateProperties(set);
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.name));
  await changeCatalog(cluster, context, {
    kind: 'alterCollection',
    database,
    collection: name,
    set,
    unset,
    ...(description !== undefined && { description }),
    ...(level !== undefined && { consistencyLevel: consistencyLevelOf(level) }),
  });
}

/** By its name or its number. */
function consistencyLevelOf(text: string): ConsistencyLevel {
  const level = Object.entries(ConsistencyLevel).find(([name, number]) => name === text || String(number) === text);
  if (level) return level[1];
  const names = Object.keys(ConsistencyLevel).join(', ');
  throw new BraidError('parameterInvalid', `invalid ${CONSISTENCY_LEVEL} value: ${text}, valid values: ${names}`);
}
