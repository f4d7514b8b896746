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
  readonly functions?: readonly {
    readonly name: string;
    readonly inputFieldNames: readonly string[];
    readonly outputFieldNames: readonly string[];
  }[];
  readonly aliases?: readonly string[];
  readonly indexes: readonly { readonly fieldName: string; readonly indexName: string; readonly metricType: string }[];
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
  readonly params?: readonly { readonly key: string; readonly value: string }[];
}

export function describeCollection(client: ApiClient, collectionName: string): Promise<CollectionDescription> {
  return client.call<CollectionDescription>('collections/describe', { collectionName });
}

/** Rows that pass a filter; empty: all of them. */
export async function countRows(client: ApiClient, collectionName: string, filter = ''): Promise<number> {
  const body = { collectionName, filter, outputFields: ['count(*)'], consistencyLevel: 'Strong' };
  const [row] = await client.call<readonly Readonly<Record<string, number>>[]>('entities/query', body);
  return row?.['count(*)'] ?? 0;
}
