import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { DeleteRequest, MutationResponse } from '../../proto/generated/node.ts';
import { encodeKeys } from '../../proto/node-protocol/column-codec.ts';
import { LIMITS as SEGMENT_LIMITS } from '../segment/limits.ts';
import { checkKeys } from './check-rows.ts';
import { type BufferedDelete, toDeleteBatch } from './delete-buffer.ts';
import { encodeLogRecord } from './log-record.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriterContext } from './writer-context.ts';

/** Deletes the rows with these keys; resolves when that is durable and no read here sees them. */
export async function writeDeletes(
  context: WriterContext,
  collection: WritableCollection,
  request: DeleteRequest,
): Promise<MutationResponse> {
  const keys = checkKeys(collection.record, request);
  const rowCount = keys.length;
  if (rowCount === 0) return { keys: undefined, rowCount, timestamp: context.oracle.now(), isConflict: false };
  const { collectionId, partitionIds } = request;
  const message = encodeKeys(keys);
  const timestamp = await context.queue.submit({
    timestampCount: 1,
    byteLength: message.int64.length + (message.text?.data.length ?? 0),
    encode: (at) => {
      const record = encodeLogRecord({ kind: 'keys', collectionId, partitionIds, keys: message }, at);
      collection.deletesInFlight.add(keys);
      return record;
    },
    apply: (at, position) => {
      collection.deletesInFlight.delete(keys);
      return applyDelete(collection, { timestamp: at, position, keys, partitionIds });
    },
    refused: () => {
      collection.deletesInFlight.delete(keys);
    },
  });
  return { keys: undefined, rowCount, timestamp, isConflict: false };
}

/** Remembers a delete and masks the rows in memory; a long one lets the event loop turn in between. */
export function applyDelete(collection: WritableCollection, entry: BufferedDelete): void | Promise<void> {
  collection.deletes.push(entry);
  collection.lastDeleteTimestamp = entry.timestamp;
  if (entry.keys.length <= SEGMENT_LIMITS.deletesPerTurn) collection.applyDeletes(toDeleteBatch([entry]));
  else return applyInPieces(collection, entry);
}

async function applyInPieces(collection: WritableCollection, entry: BufferedDelete): Promise<void> {
  for (const keys of pieces(entry.keys)) {
    collection.applyDeletes(toDeleteBatch([{ ...entry, keys }]));
    await nextTurn();
  }
}

function* pieces(keys: KeyList): Iterable<KeyList> {
  const size = SEGMENT_LIMITS.deletesPerTurn;
  for (let from = 0; from < keys.length; from += size) {
    yield keys instanceof BigInt64Array ? keys.subarray(from, from + size) : keys.slice(from, from + size);
  }
}
