import type { CollectionRecord } from '../../../core/catalog.ts';
import type { ColumnBatch } from '../../../core/columns/column.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { type PartitionRows, splitByPartition } from '../../../core/rows/split-by-partition.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { MutationResponse } from '../../../proto/generated/node.ts';
import { decodeKeys, encodeColumn } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { gatherBatch } from './gather-batch.ts';
import type { MutationOutput } from './mutation-output.ts';

/**
 * Sends checked rows to the writer: one write per partition, each whole or not at all. If one of several fails, the others may have been made: the error is the first one, and
 * the caller, who cannot know, repeats all (Milvus does the same).
 */
export async function writeRows(
  cluster: Cluster,
  context: RequestContext,
  collection: CollectionRecord,
  partitionId: number | undefined,
  batch: ColumnBatch,
  upsert: boolean,
): Promise<MutationOutput> {
  const send = (id: number, part: ColumnBatch): Promise<MutationResponse> =>
    sendRows(cluster, context, collection, id, part, { upsert, readTimestamp: 0n });
  if (partitionId !== undefined) {
    const response = await send(partitionId, batch);
    return { keys: decodeKeys(response.keys), rowCount: batch.rowCount, timestamp: response.timestamp };
  }
  const parts = splitByPartition(collection, batch.columns);
  const responses = await Promise.all(
    parts.map(({ id, rows }) => send(id, rows.length === batch.rowCount ? batch : gatherBatch(batch, rows))),
  );
  const timestamp = responses.reduce(
    (newest, response) => (response.timestamp > newest ? response.timestamp : newest),
    0n,
  );
  return { keys: keysInRowOrder(parts, responses, batch.rowCount), rowCount: batch.rowCount, timestamp };
}

export interface RowsWritten {
  readonly upsert: boolean;
  /** If not 0: an upsert or a delete of one of the keys after this time makes the writer refuse the rows (`isConflict`). */
  readonly readTimestamp: Timestamp;
}

/** One write of rows of one partition, whole or not at all. */
export function sendRows(
  cluster: Cluster,
  context: RequestContext,
  collection: CollectionRecord,
  partitionId: number,
  { rowCount, columns }: ColumnBatch,
  { upsert, readTimestamp }: RowsWritten,
): Promise<MutationResponse> {
  return cluster.writer.insert(context, {
    context: undefined,
    collectionId: collection.id,
    schemaVersion: collection.schema.version,
    partitionId,
    rowCount,
    columns: Array.from(columns, ([fieldId, column]) => encodeColumn(fieldId, column)),
    upsert,
    readTimestamp,
  });
}

function keysInRowOrder(
  parts: readonly PartitionRows[],
  responses: readonly MutationResponse[],
  rowCount: number,
): KeyList {
  const lists = responses.map((response) => decodeKeys(response.keys));
  const isText = lists.some((list) => !(list instanceof BigInt64Array));
  const keys: (bigint | string)[] | BigInt64Array = isText ? new Array<string>(rowCount) : new BigInt64Array(rowCount);
  for (let part = 0; part < parts.length; part++) {
    const { rows } = parts[part]!;
    for (let i = 0; i < rows.length; i++) (keys as (bigint | string)[])[rows[i]!] = lists[part]![i]!;
  }
  return keys as KeyList;
}
