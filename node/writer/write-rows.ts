import type { Column, ColumnBatch } from '../../core/columns/column.ts';
import { fixedColumn } from '../../core/columns/column-operations.ts';
import { textColumn } from '../../core/columns/text-column.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { primaryField } from '../../core/schema/collection-schema.ts';
import { DataType } from '../../core/schema/data-type.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { ColumnMessage, InsertRequest, MutationResponse } from '../../proto/generated/node.ts';
import { encodeColumn, encodeKeys, keysOfColumn } from '../../proto/node-protocol/column-codec.ts';
import { checkRows } from './check-rows.ts';
import { toDeleteBatch } from './delete-buffer.ts';
import { isChangedSince } from './is-changed-since.ts';
import { encodeLogRecord } from './log-record.ts';
import type { UnsealedSegment } from './unsealed-segment.ts';
import type { WritableCollection } from './writable-collection.ts';
import type { Write } from './write-queue.ts';
import type { WriterContext } from './writer-context.ts';

/** Gives the growing segment that takes so many rows of a partition, beginning a new one if need be. */
export type ChooseSegment = (
  collection: WritableCollection,
  partitionId: number,
  rowCount: number,
  byteLength: number,
) => UnsealedSegment;

/** Inserts or upserts the rows of one request; resolves when they are durable and searchable. */
export async function writeRows(
  context: WriterContext,
  collection: WritableCollection,
  request: InsertRequest,
  chooseSegment: ChooseSegment,
): Promise<MutationResponse> {
  const columns = checkRows(collection.record, request);
  const { rowCount } = request;
  if (rowCount === 0) return { keys: undefined, rowCount, timestamp: context.oracle.now(), isConflict: false };
  const write = new RowsWriteInQueue(context, collection, request, columns, chooseSegment);
  // In this turn the write gets its place in the order: nothing comes between the test and that.
  if (
    request.readTimestamp > 0n &&
    isChangedSince(collection, keysOfColumn(write.keyColumn()), request.readTimestamp)
  ) {
    // The caller reads again: by then what is under way must be there, or it would come too late once more.
    const timestamp = context.oracle.now();
    await context.queue.waitSettled(timestamp, context.signal);
    return { keys: undefined, rowCount: 0, timestamp, isConflict: true };
  }
  const timestamp = await context.queue.submit(write);
  return { keys: encodeKeys(keysOfColumn(write.keyColumn())), rowCount, timestamp, isConflict: false };
}

class RowsWriteInQueue implements Write {
  readonly timestampCount: number;
  readonly byteLength: number;
  readonly #context: WriterContext;
  readonly #collection: WritableCollection;
  readonly #request: InsertRequest;
  readonly #columns: Map<number, Column>;
  readonly #chooseSegment: ChooseSegment;
  readonly #keyFieldId: number;
  readonly #hasTextKeys: boolean;
  #segment: UnsealedSegment | undefined;
  #upsertedKeys: KeyList | undefined;

  constructor(
    context: WriterContext,
    collection: WritableCollection,
    request: InsertRequest,
    columns: ReadonlyMap<number, Column>,
    chooseSegment: ChooseSegment,
  ) {
    const keyField = primaryField(collection.record.schema);
    this.#context = context;
    this.#collection = collection;
    this.#request = request;
    this.#columns = new Map(columns);
    this.#chooseSegment = chooseSegment;
    this.#keyFieldId = keyField.id;
    this.#hasTextKeys = keyField.dataType === DataType.VarChar;
    // Assigned keys are timestamps, or their digits: they grow in the order of the rows and are never used again.
    this.timestampCount = columns.has(keyField.id) ? 1 : request.rowCount;
    this.byteLength = request.columns.reduce((sum, column) => sum + column.data.length + column.offsets.length, 0);
  }

  keyColumn(): Column {
    return this.#columns.get(this.#keyFieldId)!;
  }

  encode(timestamp: Timestamp): Uint8Array {
    const { collectionId, partitionId, rowCount, upsert } = this.#request;
    const segment = this.#chooseSegment(this.#collection, partitionId, rowCount, this.byteLength);
    const payload = encodeLogRecord(
      {
        kind: 'rows',
        collectionId,
        partitionId,
        segmentId: segment.id,
        schemaVersion: this.#collection.record.schema.version,
        rowCount,
        columns: [...this.#assignKeys(timestamp), ...this.#request.columns],
        upsert,
      },
      timestamp,
    );
    this.#segment = segment;
    if (upsert) {
      this.#upsertedKeys = keysOfColumn(this.keyColumn());
      this.#collection.deletesInFlight.add(this.#upsertedKeys);
    }
    segment.assign(rowCount, this.byteLength);
    return payload;
  }

  apply(timestamp: Timestamp, position: Parameters<Write['apply']>[1]): void {
    this.#landed();
    if (this.#request.upsert) applyUpsertDeletes(this.#collection, this.keyColumn(), timestamp, position);
    const batch: ColumnBatch = { rowCount: this.#request.rowCount, columns: this.#columns };
    const segment = this.#segment!;
    this.#collection.lastInsertTimestamp = timestamp;
    segment.append(batch, timestamp, position);
    segment.index((error) => this.#context.logger.error({ error, segmentId: segment.id }, 'rows could not be indexed'));
  }

  refused(): void {
    this.#landed();
    this.#segment!.refused(this.#request.rowCount, this.byteLength);
  }

  #landed(): void {
    if (this.#upsertedKeys) this.#collection.deletesInFlight.delete(this.#upsertedKeys);
  }

  #assignKeys(last: Timestamp): readonly ColumnMessage[] {
    if (this.#columns.has(this.#keyFieldId)) return [];
    const { rowCount } = this.#request;
    const keys = new BigInt64Array(rowCount);
    for (let row = 0; row < rowCount; row++) keys[row] = last - BigInt(rowCount - 1 - row);
    const column = this.#hasTextKeys
      ? textColumn(DataType.VarChar, Array.from(keys, String))
      : fixedColumn(DataType.Int64, keys);
    this.#columns.set(this.#keyFieldId, column);
    return [encodeColumn(this.#keyFieldId, column)];
  }
}

/** The delete half of an upsert: in all partitions, at the timestamp of the rows. */
export function applyUpsertDeletes(
  collection: WritableCollection,
  keyColumn: Column,
  timestamp: Timestamp,
  position: Parameters<Write['apply']>[1],
): void {
  const entry = { timestamp, position, keys: keysOfColumn(keyColumn), partitionIds: [] };
  collection.deletes.push(entry);
  collection.lastDeleteTimestamp = timestamp;
  collection.applyDeletes(toDeleteBatch([entry]));
}
