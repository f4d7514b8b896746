import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { type FieldSchema, fieldByName } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { parseMaxLength } from '../../../core/schema/validate-field.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import { refuseSetAndUnset } from '../refuse-set-and-unset.ts';
import type { RequestContext } from '../request-context.ts';

export interface AlterFieldInput {
  readonly collection: string;
  readonly field: string;
  /** `max_length`, `max_capacity`, `mmap.enabled`, `description`. */
  readonly set: Properties;
  readonly unset: readonly string[];
}

const ALTERABLE: readonly string[] = ['max_length', 'max_capacity', 'mmap.enabled', 'description'];

/** A smaller `max_length` is allowed: it holds for rows that come. */
export async function alterField(cluster: Cluster, context: RequestContext, input: AlterFieldInput): Promise<void> {
  const { database } = context;
  refuseSetAndUnset(input.set, input.unset);
  const { name, field } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    const found = fieldByName(collection.schema, input.field);
    if (!found)
      throw new BraidError('fieldNotFound', `field not found[field=${input.field}][collection=${collection.name}]`);
    return { name: collection.name, field: found };
  });
  await changeCatalog(cluster, context, {
    kind: 'alterField',
    database,
    collection: name,
    field: alteredField(field, input),
  });
}

function alteredField(field: FieldSchema, input: AlterFieldInput): FieldSchema {
  const unknown = [...Object.keys(input.set), ...input.unset].find((key) => !ALTERABLE.includes(key));
  if (unknown !== undefined) {
    throw new BraidError(
      'parameterInvalid',
      `${unknown} is not allowed to update in field property, allowed are ${ALTERABLE.join(', ')}`,
    );
  }
  const { description, ...params } = input.set;
  const kept = Object.entries(field.typeParams).filter(([key]) => !input.unset.includes(key));
  const altered = {
    ...field,
    description: description ?? field.description,
    typeParams: { ...Object.fromEntries(kept), ...params },
  };
  if (params['max_length'] === undefined) return altered;
  if (field.dataType !== DataType.VarChar) {
    throw new BraidError(
      'parameterInvalid',
      `can not modify the maxlength for non-string types, field name: ${field.name}`,
    );
  }
  return { ...altered, maxLength: parseMaxLength(altered) };
}
