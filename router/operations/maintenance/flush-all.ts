import type { Timestamp } from '../../../core/timestamps.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { type FlushedOutput, flushedOutput } from './flush.ts';

export interface FlushAllInput {
  /** Empty: every database. */
  readonly database: string;
}

export interface FlushAllOutput {
  readonly flushTimestamp: Timestamp;
  readonly databases: readonly FlushedDatabase[];
}

export interface FlushedDatabase {
  readonly database: string;
  readonly collections: readonly FlushedOutput[];
}

/** Seals the growing segments of all collections. */
export async function flushAll(
  cluster: Cluster,
  context: RequestContext,
  input: FlushAllInput,
): Promise<FlushAllOutput> {
  const databases = await cluster.catalog.read((catalog) => {
    const wanted = input.database === '' ? catalog.databases : [catalog.database(input.database)];
    return wanted.map((database) => ({ name: database.name, collections: catalog.collectionsOf(database.id) }));
  });
  const ids = databases.flatMap((database) => database.collections.map((collection) => collection.id));
  const flushed = ids.length === 0 ? [] : await cluster.writer.flush(context, ids);
  const byId = new Map(flushed.map((collection) => [collection.collectionId, collection]));
  const { now } = await cluster.writer.timestamp(context, 0);
  return {
    flushTimestamp: now,
    databases: databases.map(({ name, collections }) => ({
      database: name,
      collections: collections.flatMap((collection) => {
        const entry = byId.get(collection.id);
        return entry ? [flushedOutput(collection.name, entry)] : [];
      }),
    })),
  };
}
