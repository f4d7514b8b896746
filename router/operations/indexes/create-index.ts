import type { Properties } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import {
  type CollectionSchema,
  dynamicField,
  type FieldSchema,
  fieldByName,
  functionOfOutput,
} from '../../../core/schema/collection-schema.ts';
import { flattenIndexParams, validateIndex } from '../../../core/schema/validate-index.ts';
import { validateName } from '../../../core/schema/validate-name.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface CreateIndexInput {
  readonly collection: string;
  readonly field: string;
  /** Empty: the field's name, or the index that the field already has. */
  readonly indexName: string;
  /** As sent (`extra_params`): `index_type`, `metric_type`, `params` (JSON text, flattened here), or the parameters one by one. None: AUTOINDEX. */
  readonly params: Properties;
}

/** Creating what exists with the same parameters is success. */
export async function createIndex(cluster: Cluster, context: RequestContext, input: CreateIndexInput): Promise<void> {
  const { database } = context;
  if (input.indexName !== '') validateName('index', input.indexName);
  const params = flattenIndexParams(input.params);
  const { name, field, isBm25Output } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    const found = indexedField(collection.schema, input.field, params);
    if (!found) throw new BraidError('parameterUnexpected', `cannot create index on non-exist field: ${input.field}`);
    return {
      name: collection.name,
      field: found,
      isBm25Output: functionOfOutput(collection.schema, found.id) !== undefined,
    };
  });
  await changeCatalog(cluster, context, {
    kind: 'createIndex',
    database,
    collection: name,
    field: field.name,
    indexName: input.indexName,
    params: validateIndex(field, withPathOfKey(field, input.field, params), isBm25Output),
  });
}

/** A name that is no field is a key of the dynamic field, if a cast type says that a path of JSON is meant. */
function indexedField(schema: CollectionSchema, name: string, params: Properties): FieldSchema | undefined {
  return fieldByName(schema, name) ?? (params['json_cast_type'] === undefined ? undefined : dynamicField(schema));
}

function withPathOfKey(field: FieldSchema, name: string, params: Properties): Properties {
  return field.name === name || params['json_path'] !== undefined ? params : { ...params, json_path: name };
}
