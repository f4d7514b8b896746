import { setTimeout as sleep } from 'node:timers/promises';
import type { Timestamp } from '../../core/timestamps.ts';
import type { DeleteEvent } from '../../proto/generated/node.ts';
import { bytesOf, encodeKeys } from '../../proto/node-protocol/column-codec.ts';
import { type BufferedDelete, deleteCount, toDeleteBatch } from './delete-buffer.ts';
import { WRITER_LIMITS } from './limits.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { WriterContext } from './writer-context.ts';

const EMPTY = new Uint8Array(0);

/**
 * The deletes of a collection after `after`, as they are applied, each with a watermark; a watermark alone when there is nothing else to say. Watermarks stay below
 * the bound that this term has reserved, so they never vouch for a successor's deletes. Ends when the collection, the writer or the caller goes away, or when
 * the caller is so slow that what it needs is no longer in memory.
 */
export async function* streamDeletes(
  context: WriterContext,
  collection: WritableCollection,
  after: Timestamp,
  signal: AbortSignal,
): AsyncGenerator<DeleteEvent> {
  const { deletes } = collection;
  if (after < deletes.droppedTo) {
    // The watermark says from where on the deletes are here.
    yield { ...watermarkEvent(deletes.droppedTo), tooOld: true };
    return;
  }
  let sentTo = after;
  while (!collection.isDropped && !signal.aborted && !context.signal.aborted) {
    if (sentTo < deletes.droppedTo) return;
    const settled = context.queue.settledTimestamp();
    const pending = deletes.between(sentTo, settled);
    const batch = firstOf(pending, WRITER_LIMITS.deleteEventKeysMax);
    const isComplete = batch.length === pending.length;
    sentTo = isComplete ? settled : batch.at(-1)!.timestamp;
    yield batch.length > 0 ? deleteEvent(batch, sentTo) : watermarkEvent(sentTo);
    if (isComplete) await nextDelete(collection, AbortSignal.any([signal, context.signal]));
  }
}

/** At least one, and no more than so many keys if that is possible. */
function firstOf(entries: readonly BufferedDelete[], keysMax: number): readonly BufferedDelete[] {
  let keys = 0;
  const end = entries.findIndex((entry, index) => {
    keys += deleteCount(entry);
    return index > 0 && keys > keysMax;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

function deleteEvent(entries: readonly BufferedDelete[], watermark: Timestamp): DeleteEvent {
  const { keys, timestamps, partitionIds } = toDeleteBatch(entries);
  return {
    tooOld: false,
    keys: encodeKeys(keys),
    timestamps: bytesOf(timestamps),
    partitionIds: partitionIds ? bytesOf(partitionIds) : EMPTY,
    watermark,
  };
}

function watermarkEvent(watermark: Timestamp): DeleteEvent {
  return { tooOld: false, keys: undefined, timestamps: EMPTY, partitionIds: EMPTY, watermark };
}

/** Resolves at the next delete, or when it is time for a heartbeat. */
async function nextDelete(collection: WritableCollection, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const forget = collection.deletes.onNext(() => woken.abort());
  const anySignal = AbortSignal.any([signal, woken.signal]);
  await sleep(WRITER_LIMITS.deleteHeartbeatMs, undefined, { signal: anySignal }).catch(() => undefined);
  forget();
}
