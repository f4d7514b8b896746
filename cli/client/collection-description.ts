import type { ApiClient } from './api-client.ts';

/** What `collections/describe` answers, as far as commands look at it. */
export interface CollectionDescription {
  readonly collectionName: string;
  readonly description: string;
  readonly autoId: boolean;
  readonly enableDynamicField: boolean;
  readonly consistencyLevel: string;
  readonly load: string;
  readonly fields: readonly FieldDescription[];
  readonly structFields?: readonly StructDescription[];
  readonly functions?: readonly {
    readonly name: string;
    readonly inputFieldNames: readonly string[];
    readonly outputFieldNames: readonly string[];
  }[];
  readonly aliases?: readonly string[];
  readonly indexes: readonly { readonly fieldName: string; readonly indexName: string; readonly metricType: string }[];
}

/** An array of structs. */
export interface StructDescription {
  readonly name: string;
  readonly params?: readonly Parameter[];
  readonly fields: readonly FieldDescription[];
}

export interface FieldDescription {
  readonly name: string;
  /** `Int64`, `FloatVector`, ... */
  readonly type: string;
  readonly elementType?: string;
  readonly primaryKey: boolean;
  readonly autoId: boolean;
  readonly nullable?: boolean;
  readonly partitionKey?: boolean;
  readonly params?: readonly Parameter[];
}

interface Parameter {
  readonly key: string;
  readonly value: string;
}

export function describeCollection(client: ApiClient, collectionName: string): Promise<CollectionDescription> {
  return client.call<CollectionDescription>('collections/describe', { collectionName });
}

/** Rows as the server counts them: those that were deleted are in it until they are compacted away. */
export async function storedRows(client: ApiClient, collectionName: string): Promise<number> {
  return (await client.call<{ readonly rowCount: number }>('collections/get_stats', { collectionName })).rowCount;
}

/** Rows that pass a filter (empty: all), of some partitions (empty: all). */
export async function countRows(
  client: ApiClient,
  collectionName: string,
  filter = '',
  partitionNames: readonly string[] = [],
): Promise<number> {
  const body = { collectionName, filter, partitionNames, outputFields: ['count(*)'], consistencyLevel: 'Strong' };
  const [row] = await client.call<readonly Readonly<Record<string, number>>[]>('entities/query', body);
  return row?.['count(*)'] ?? 0;
}
