import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert } from '../../core/errors.ts';
import { primaryField } from '../../core/schema/collection-schema.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import {
  compareLogPositions,
  type LogPosition,
  type LogRecord,
  logPositionToString,
  type WriteAheadLog,
} from '../../plugins/log/log.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import { decodeColumn, decodeKeys } from '../../proto/node-protocol/column-codec.ts';
import { WRITER_LIMITS } from './limits.ts';
import { decodeLogRecord, type RowsWrite } from './log-record.ts';
import type { UnsealedSegment } from './unsealed-segment.ts';
import type { WritableCollection } from './writable-collection.ts';
import { applyDelete } from './write-deletes.ts';
import { applyUpsertDeletes } from './write-rows.ts';

export interface RecoveryOptions {
  readonly log: WriteAheadLog;
  readonly collections: ReadonlyMap<number, WritableCollection>;
  readonly logger: PluginLogger;
  readonly signal: AbortSignal;
  /** Begins the growing segment that a record names. */
  readonly begin: (collection: WritableCollection, partitionId: number, segmentId: number) => UnsealedSegment;
}

export interface Recovered {
  /** The largest timestamp met; 0 if the log was empty. */
  readonly timestamp: Timestamp;
  readonly recordCount: number;
}

/**
 * Replays the log into memory: rows that are in no published segment, deletes that are in no file. It changes nothing but memory, so it may be
 * repeated from the start whenever it is interrupted. Records are skipped if their collection or partition is gone, if they lie before the collection's
 * checkpoint, or, for rows, if a segment of their segment's id has been published.
 */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { log, collections, logger, signal } = options;
  const replay = new Replay(options);
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  let sliceEndMs = startedAtMs + WRITER_LIMITS.replaySliceMs;
  for await (const record of log.read(replayStart(collections))) {
    signal.throwIfAborted();
    await replay.apply(record);
    const nowMs = performance.now();
    if (nowMs - saidAtMs >= WRITER_LIMITS.replayLogMs) {
      saidAtMs = nowMs;
      const position = logPositionToString(record.position);
      logger.info({ position, recordCount: replay.recordCount, rowCount: replay.rowCount }, 'replaying the log');
    }
    if (nowMs >= sliceEndMs) {
      await nextTurn();
      sliceEndMs = performance.now() + WRITER_LIMITS.replaySliceMs;
    }
  }
  const elapsedMs = Math.round(performance.now() - startedAtMs);
  for (const collection of collections.values()) keepNewestOpen(collection);
  logger.info({ recordCount: replay.recordCount, rowCount: replay.rowCount, elapsedMs }, 'the log has been replayed');
  return { timestamp: replay.timestamp, recordCount: replay.recordCount };
}

/** The smallest checkpoint; the beginning if some collection has none. */
function replayStart(collections: ReadonlyMap<number, WritableCollection>): LogPosition | undefined {
  let start: LogPosition | undefined;
  for (const { checkpointPosition } of collections.values()) {
    if (!checkpointPosition) return undefined;
    if (!start || compareLogPositions(checkpointPosition, start) < 0) start = checkpointPosition;
  }
  return start;
}

/** Of several segments of a partition all but the last were full or being sealed: they are left for the background to seal. */
function keepNewestOpen(collection: WritableCollection): void {
  const newest = new Map<number, UnsealedSegment>();
  for (const unsealed of collection.unsealed.values()) {
    newest.get(unsealed.partitionId)?.detach();
    newest.set(unsealed.partitionId, unsealed);
  }
}

class Replay {
  readonly #options: RecoveryOptions;
  timestamp: Timestamp = 0n;
  recordCount = 0;
  rowCount = 0;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  async apply({ position, payload }: LogRecord): Promise<void> {
    const { write, timestamp } = decodeLogRecord(payload, position);
    assert(
      timestamp > this.timestamp,
      `record ${logPositionToString(position)} of the log is not younger than the one before`,
    );
    this.recordCount++;
    this.timestamp = timestamp;
    const collection = this.#options.collections.get(write.collectionId);
    const checkpoint = collection?.checkpointPosition;
    if (!collection || (checkpoint && compareLogPositions(position, checkpoint) <= 0)) return;
    if (write.kind === 'rows') this.#applyRows(collection, write, timestamp, position);
    else {
      const entry = { timestamp, position, keys: decodeKeys(write.keys), partitionIds: write.partitionIds };
      await applyDelete(collection, entry);
    }
  }

  #applyRows(collection: WritableCollection, write: RowsWrite, timestamp: Timestamp, position: LogPosition): void {
    const { partitionId, segmentId, rowCount } = write;
    const columns = new Map(write.columns.map((message) => [message.fieldId, decodeColumn(message)]));
    const keyColumn = columns.get(primaryField(collection.record.schema).id);
    assert(keyColumn, `record ${logPositionToString(position)} of the log has no primary key`);
    if (write.upsert) applyUpsertDeletes(collection, keyColumn, timestamp, position);
    const isPublished = collection.live.has(segmentId) || collection.retired.has(segmentId);
    const hasPartition = collection.record.partitions.some((partition) => partition.id === partitionId);
    if (isPublished || !hasPartition) return;
    const segment = collection.unsealed.get(segmentId) ?? this.#options.begin(collection, partitionId, segmentId);
    segment.assign(
      rowCount,
      write.columns.reduce((sum, column) => sum + column.data.length, 0),
    );
    collection.lastInsertTimestamp = timestamp;
    segment.append({ rowCount, columns }, timestamp, position);
    this.rowCount += rowCount;
  }
}
