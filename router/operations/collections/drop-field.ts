import { BraidError } from '../../../core/errors.ts';
import { fieldById } from '../../../core/schema/collection-schema.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface DropFieldInput {
  readonly collection: string;
  /** Name of a field or of a struct; empty: the field with this id. */
  readonly name: string;
  readonly id?: number;
}

/** Drops a field with its indexes. Its values leave the storage when their segments are next rewritten. */
export async function dropField(cluster: Cluster, context: RequestContext, input: DropFieldInput): Promise<void> {
  const { database } = context;
  const { collection, field } = await cluster.catalog.read((catalog) => {
    const { name, schema } = catalog.collection(database, input.collection);
    if (input.name !== '') return { collection: name, field: input.name };
    const found = fieldById(schema, input.id ?? 0);
    if (!found) throw new BraidError('fieldNotFound', `field not found[fieldID=${input.id ?? 0}][collection=${name}]`);
    return { collection: name, field: found.name };
  });
  await changeCatalog(cluster, context, { kind: 'dropField', database, collection, field });
}
