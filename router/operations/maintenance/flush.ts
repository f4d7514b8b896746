import { BraidError } from '../../../core/errors.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { FlushedCollection } from '../../../proto/generated/node.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

export interface FlushInput {
  /** At least one. */
  readonly collections: readonly string[];
}

export interface FlushedOutput {
  /** As asked for. */
  readonly collection: string;
  readonly collectionId: number;
  /** Sealed by this call; may be empty. */
  readonly segmentIds: readonly number[];
  readonly flushTimestamp: Timestamp;
  readonly sealTimeS: number;
}

/** In the order asked for. When it returns, the rows are durable in sealed segments. */
export async function flush(
  cluster: Cluster,
  context: RequestContext,
  input: FlushInput,
): Promise<readonly FlushedOutput[]> {
  if (input.collections.length === 0) throw new BraidError('parameterMissing', 'no collection to flush is named');
  const collections = await cluster.catalog.read((catalog) =>
    input.collections.map((name) => catalog.collection(context.database, name)),
  );
  const flushed = await cluster.writer.flush(
    context,
    collections.map((collection) => collection.id),
  );
  return input.collections.map((collection, i) => flushedOutput(collection, flushed[i]!));
}

export function flushedOutput(collection: string, flushed: FlushedCollection): FlushedOutput {
  return {
    collection,
    collectionId: flushed.collectionId,
    segmentIds: flushed.segmentIds,
    flushTimestamp: flushed.flushTimestamp,
    sealTimeS: flushed.sealTimeS,
  };
}
