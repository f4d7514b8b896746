import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';
import { findIndexes } from './find-indexes.ts';

/** By name, or by field when the name is empty. */
export interface DropIndexInput {
  readonly collection: string;
  readonly indexName: string;
  readonly field: string;
}

/** A missing index is success; the index of a vector field of a loaded collection cannot be dropped. */
export async function dropIndex(cluster: Cluster, context: RequestContext, input: DropIndexInput): Promise<void> {
  const { database } = context;
  if (input.indexName === '' && input.field === '') {
    throw new BraidError('parameterMissing', 'the name of the index, or of its field, is missing');
  }
  const { name, indexes } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    return { name: collection.name, indexes: findIndexes(collection, input) };
  });
  for (const index of indexes) {
    await changeCatalog(cluster, context, { kind: 'dropIndex', database, collection: name, indexName: index.name });
  }
}
