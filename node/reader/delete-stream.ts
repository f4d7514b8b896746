import { setTimeout as sleep } from 'node:timers/promises';
import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { CallContext, type DeleteEvent } from '../../proto/generated/node.ts';
import { arrayFrom, decodeKeys } from '../../proto/node-protocol/column-codec.ts';
import type { DeleteBatch } from '../segment/segment.ts';
import type { Leader } from './leader-watch.ts';
import { READER_LIMITS } from './limits.ts';

/** What the stream feeds: one collection of a reader. */
export interface DeleteSink {
  readonly collectionId: number;
  /** Deletes after this are wanted. */
  streamStart(): Timestamp;
  /** In the order of the timestamps; resolves when they are applied. Long ones let the event loop turn in between. */
  receive(deletes: DeleteBatch): Promise<void>;
  advance(watermark: Timestamp): void;
  /** The writer no longer holds deletes back to `streamStart()`, only after `oldest`: catch up from the delete files. */
  catchUp(oldest: Timestamp): Promise<void>;
}

/** Follows the writer's deletes of one collection until the signal aborts: connects, feeds the sink, connects again. */
export async function followDeletes(
  sink: DeleteSink,
  leader: () => Leader | undefined,
  logger: PluginLogger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const followed = leader();
    try {
      if (followed) await followOnce(sink, followed, signal);
    } catch (error) {
      logger.warn({ err: error, collectionId: sink.collectionId }, 'the stream of deletes broke, connecting again');
    }
    await sleep(READER_LIMITS.streamRetryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function followOnce(sink: DeleteSink, { shard, lost }: Leader, signal: AbortSignal): Promise<void> {
  const context = CallContext.fromPartial({});
  const request = { context, collectionId: sink.collectionId, afterTimestamp: sink.streamStart() };
  for await (const event of shard.watchDeletes(request, AbortSignal.any([signal, lost]))) {
    if (event.tooOld) return sink.catchUp(event.watermark);
    const deletes = decodeDeletes(event);
    if (deletes) await sink.receive(deletes);
    if (event.watermark > 0n) sink.advance(event.watermark);
  }
}

function decodeDeletes(event: DeleteEvent): DeleteBatch | undefined {
  const keys = decodeKeys(event.keys);
  if (keys.length === 0) return undefined;
  const timestamps = arrayFrom(BigUint64Array, event.timestamps);
  if (timestamps.length !== keys.length) {
    throw new BraidError('internal', `${timestamps.length} timestamps for ${keys.length} deleted keys`);
  }
  const partitionIds = event.partitionIds.length > 0 ? arrayFrom(BigInt64Array, event.partitionIds) : undefined;
  return { keys, timestamps, partitionIds };
}
