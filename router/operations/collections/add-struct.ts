import { BraidError } from '../../../core/errors.ts';
import { FIRST_FIELD_ID } from '../../../core/schema/collection-schema.ts';
import type { StructDraft } from '../../../core/schema/validate-collection-schema.ts';
import { validateStruct } from '../../../core/schema/validate-struct.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface AddStructInput {
  readonly collection: string;
  /** Must be nullable. Rows that are there already read as null; vectors in it are searched when they have an index. */
  readonly struct: StructDraft;
}

export async function addStruct(cluster: Cluster, context: RequestContext, input: AddStructInput): Promise<void> {
  const { database } = context;
  const { struct } = input;
  if (!struct.nullable) {
    const message = `added struct field must be nullable, please check it, struct field name = ${struct.name}`;
    throw new BraidError('parameterInvalid', message);
  }
  validateStruct(struct, FIRST_FIELD_ID);
  const { name } = await cluster.catalog.read((catalog) => catalog.collection(database, input.collection));
  // The writer, who alone knows which ids were given, gives the ids.
  await changeCatalog(cluster, context, { kind: 'addStruct', database, collection: name, struct });
}
