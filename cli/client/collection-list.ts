import type { ApiClient } from './api-client.ts';
import { describeCollection, storedRows } from './collection-description.ts';

export interface ListedCollection {
  readonly name: string;
  readonly rows: number;
  /** `LoadStateLoaded`, ... */
  readonly load: string;
  readonly fields: number;
  /** Field and metric. */
  readonly indexes: readonly string[];
  readonly aliases: readonly string[];
}

/** Of the client's database, by name. */
export async function listCollections(client: ApiClient): Promise<readonly ListedCollection[]> {
  const names = await client.call<readonly string[]>('collections/list');
  const listed: ListedCollection[] = [];
  for (const name of [...names].sort()) {
    const description = await describeCollection(client, name);
    listed.push({
      name,
      rows: await storedRows(client, name),
      load: description.load,
      fields: description.fields.length,
      indexes: description.indexes.map(({ fieldName, metricType }) => [fieldName, metricType].join(' ').trim()),
      aliases: description.aliases ?? [],
    });
  }
  return listed;
}
