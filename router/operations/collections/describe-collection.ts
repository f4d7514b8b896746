import type { CollectionRecord } from '../../../core/catalog.ts';
import { type FieldSchema, type FunctionSchema, isHidden } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { formatTimestamptz, UTC } from '../../../core/time/timestamptz.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { refuseUnseen } from '../visibility.ts';

/** By name (or alias), or by id when the name is empty. */
export interface DescribeCollectionInput {
  readonly name: string;
  readonly id?: number;
}

export interface DescribeCollectionOutput {
  /** Its own name, also when it was asked for by an alias. `createdTimestamp` and `updatedTimestamp` are hybrid. */
  readonly collection: CollectionRecord;
  readonly databaseName: string;
  readonly databaseId: number;
  readonly aliases: readonly string[];
  /** What clients may see: without the dynamic field and those for Braid's own use; the defaults of timestamps as text. */
  readonly fields: readonly FieldSchema[];
  readonly functions: readonly FunctionSchema[];
  /** With `timezone`, which every collection has. */
  readonly properties: Readonly<Record<string, string>>;
}

export async function describeCollection(
  cluster: Cluster,
  context: RequestContext,
  input: DescribeCollectionInput,
): Promise<DescribeCollectionOutput> {
  return cluster.catalog.read((catalog) => {
    const { database } = context;
    const collection =
      input.name === '' && input.id !== undefined
        ? catalog.collectionById(input.id)
        : catalog.collection(database, input.name);
    const databaseName = catalog.databaseById(collection.databaseId).name;
    refuseUnseen(context, databaseName, collection.name);
    const properties = { timezone: UTC, ...collection.properties };
    const fields = collection.schema.fields.filter((field) => !isHidden(field));
    return {
      collection,
      databaseName,
      databaseId: collection.databaseId,
      aliases: catalog.aliasesOf(collection.id),
      functions: collection.schema.functions.filter((definition) => !isHidden(definition)),
      fields: fields.map((field) => withReadableDefault(field, properties.timezone)),
      properties,
    };
  });
}

function withReadableDefault(field: FieldSchema, timezone: string): FieldSchema {
  if (field.dataType !== DataType.Timestamptz || field.defaultValue === undefined) return field;
  return { ...field, defaultValue: formatTimestamptz(BigInt(field.defaultValue), timezone) };
}
