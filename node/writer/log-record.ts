import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { type LogPosition, logPositionToString } from '../../plugins/log/log.ts';
import { LogRecord } from '../../proto/generated/log.ts';
import type { ColumnMessage, KeysMessage } from '../../proto/generated/node.ts';

/** Rows as they went to a growing segment; `columns` are complete, the primary key included. */
export interface RowsWrite {
  readonly kind: 'rows';
  readonly collectionId: number;
  readonly partitionId: number;
  readonly segmentId: number;
  readonly schemaVersion: number;
  readonly rowCount: number;
  readonly columns: readonly ColumnMessage[];
  /** Rows with the same keys, in any partition, are deleted first. */
  readonly upsert: boolean;
}

/** Keys deleted in some partitions; none named: in all. */
export interface KeysWrite {
  readonly kind: 'keys';
  readonly collectionId: number;
  readonly partitionIds: readonly number[];
  readonly keys: KeysMessage;
}

export type LoggedWrite = RowsWrite | KeysWrite;

/** A record of the log (proto/log.proto). */
export function encodeLogRecord(write: LoggedWrite, timestamp: Timestamp): Uint8Array {
  return LogRecord.encode({
    collectionId: write.collectionId,
    timestamp,
    write:
      write.kind === 'rows'
        ? { $case: 'rows', value: { ...write, columns: write.columns as ColumnMessage[] } }
        : { $case: 'deleted', value: { partitionIds: [...write.partitionIds], keys: write.keys } },
  }).finish();
}

/** The log has checked the bytes: what cannot be read here was written by another version. */
export function decodeLogRecord(
  payload: Uint8Array,
  position: LogPosition,
): { write: LoggedWrite; timestamp: Timestamp } {
  const { collectionId, timestamp, write } = LogRecord.decode(payload);
  switch (write?.$case) {
    case 'rows':
      return { timestamp, write: { kind: 'rows', collectionId, ...write.value } };
    case 'deleted': {
      const keys = write.value.keys ?? { int64: new Uint8Array(0), text: undefined };
      return { timestamp, write: { kind: 'keys', collectionId, partitionIds: write.value.partitionIds, keys } };
    }
    default:
      throw new BraidError(
        'internal',
        `record ${logPositionToString(position)} of the log is of a kind that is not known here`,
      );
  }
}
