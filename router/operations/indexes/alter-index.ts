import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import { refuseSetAndUnset } from '../refuse-set-and-unset.ts';
import type { RequestContext } from '../request-context.ts';

export interface AlterIndexInput {
  readonly collection: string;
  readonly indexName: string;
  readonly set: Properties;
  readonly unset: readonly string[];
}

/** Error 104 (from the writer) while the collection is loaded. */
export async function alterIndex(cluster: Cluster, context: RequestContext, input: AlterIndexInput): Promise<void> {
  const { database } = context;
  const { set, unset, indexName } = input;
  refuseSetAndUnset(set, unset);
  const fixed = [...Object.keys(set), ...unset].find((key) => FIXED.includes(key));
  if (fixed !== undefined) throw new BraidError('parameterInvalid', `${fixed} of an index cannot be altered`);
  const { name } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    if (collection.indexes.some((index) => index.name === indexName)) return collection;
    throw new BraidError('indexNotFound', `index not found[collection=${collection.name}][indexName=${indexName}]`);
  });
  await changeCatalog(cluster, context, { kind: 'alterIndex', database, collection: name, indexName, set, unset });
}

const FIXED: readonly string[] = ['index_type', 'metric_type'];
