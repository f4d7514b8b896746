import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { changeProperties } from '../../../core/schema/change-properties.ts';
import { type FieldSchema, fieldByName } from '../../../core/schema/collection-schema.ts';
import { parseMaxCapacity, parseMaxLength } from '../../../core/schema/validate-field.ts';
import { validateProperties } from '../../../core/schema/validate-properties.ts';
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
const REMOVABLE: readonly string[] = ['mmap.enabled', 'description'];

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
  const kept = input.unset.find((key) => !REMOVABLE.includes(key));
  if (kept !== undefined) {
    throw new BraidError('parameterInvalid', `${kept} of a field can be altered, but not removed`);
  }
  const { description, ...params } = input.set;
  validateProperties(params);
  const altered = {
    ...field,
    description: description ?? (input.unset.includes('description') ? '' : field.description),
    typeParams: changeProperties(field.typeParams, params, input.unset),
  };
  const { max_length: length, max_capacity: capacity } = params;
  if (length !== undefined && field.maxLength === undefined) throw unfit('maxlength', 'non-string', field);
  if (capacity !== undefined && field.maxCapacity === undefined) throw unfit('maxcapacity', 'non-array', field);
  return {
    ...altered,
    ...(length !== undefined && { maxLength: parseMaxLength(altered) }),
    ...(capacity !== undefined && { maxCapacity: parseMaxCapacity(altered) }),
  };
}

function unfit(what: string, types: string, field: FieldSchema): BraidError {
  const message = `can not modify the ${what} for ${types} types, field name: ${field.name}`;
  return new BraidError('parameterInvalid', message);
}
