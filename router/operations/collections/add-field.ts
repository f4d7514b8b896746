import { BraidError } from '../../../core/errors.ts';
import { fieldByName } from '../../../core/schema/collection-schema.ts';
import { isVector } from '../../../core/schema/data-type.ts';
import type { FieldDraft } from '../../../core/schema/validate-collection-schema.ts';
import { validateField } from '../../../core/schema/validate-field.ts';
import { hasMatch } from '../../../core/text/field-analyzer.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface AddFieldInput {
  readonly collection: string;
  /** Must be nullable. Rows that are there already read as its default, or null. */
  readonly field: FieldDraft;
}

export async function addField(cluster: Cluster, context: RequestContext, input: AddFieldInput): Promise<void> {
  const { database } = context;
  const { field } = input;
  const { name, properties } = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(database, input.collection);
    const { schema } = collection;
    if (fieldByName(schema, field.name) || schema.structs.some((struct) => struct.name === field.name)) {
      throw new BraidError('parameterInvalid', `duplicated field name ${field.name} in collection ${collection.name}`);
    }
    return collection;
  });
  refuse(field, isVector(field.dataType) && !field.nullable, 'a vector that is not nullable');
  refuse(field, field.isPrimaryKey, 'the primary key');
  refuse(field, field.isPartitionKey, 'a partition key');
  refuse(field, field.isClusteringKey, 'a clustering key');
  if (hasMatch(field)) {
    throw new BraidError(
      'notSupported',
      `enable_match of an added field is not supported by this server, field name = ${field.name}`,
    );
  }
  if (!field.nullable)
    throw new BraidError(
      'parameterInvalid',
      `added field must be nullable, please check it, field name = ${field.name}`,
    );
  // The writer, who alone knows which ids were given, gives the id.
  await changeCatalog(cluster, context, {
    kind: 'addField',
    database,
    collection: name,
    field: validateField(field, 0, properties['timezone']),
  });
}

function refuse(field: FieldDraft, isSo: boolean, what: string): void {
  if (isSo) throw new BraidError('parameterInvalid', `added field must not be ${what}, field name = ${field.name}`);
}
