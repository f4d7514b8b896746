import { BraidError } from '../../core/errors.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { type LogPosition, logPositionToString } from '../../plugins/log/log.ts';
import { LogRecord, RowsWritten } from '../../proto/generated/log.ts';
import { ColumnMessage, type KeysMessage } from '../../proto/generated/node.ts';

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
  const { collectionId } = write;
  if (write.kind === 'rows') return join(rowsRecord(write, timestamp));
  const value = { partitionIds: [...write.partitionIds], keys: write.keys };
  return LogRecord.encode({ collectionId, timestamp, write: { $case: 'deleted', value } }).finish();
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
    default: {
      const where = logPositionToString(position);
      throw new BraidError('internal', `record ${where} of the log is of a kind that is not known here`);
    }
  }
}

/** Bytes that lie one after the other in the record. */
type Parts = readonly Uint8Array[];

const EMPTY = new Uint8Array(0);

/**
 * Rows are megabytes, and the generated encoder copies a nested message once per level. Fields of a message may be encoded apart and joined (that is how protobuf
 * merges), so the small ones are left to it and the columns are put in beside them: each byte is copied once.
 */
function rowsRecord(write: RowsWrite, timestamp: Timestamp): Parts {
  const { collectionId, partitionId, segmentId, schemaVersion, rowCount, upsert } = write;
  const head = RowsWritten.encode({ partitionId, segmentId, schemaVersion, rowCount, upsert, columns: [] }).finish();
  const columns = write.columns.flatMap((column) => field(RowsField.columns, columnParts(column)));
  const record = LogRecord.encode({ collectionId, timestamp, write: undefined }).finish();
  return [record, ...field(RecordField.rows, [head, ...columns])];
}

/** Numbers of the fields that are encoded here, in log.proto and node.proto. */
const RecordField = { rows: 3 } as const;
const RowsField = { columns: 5 } as const;
const ColumnField = { data: 4, offsets: 5, valid: 6 } as const;

function columnParts(column: ColumnMessage): Parts {
  const { data, offsets, valid } = column;
  const head = ColumnMessage.encode({ ...column, data: EMPTY, offsets: EMPTY, valid: EMPTY }).finish();
  return [
    head,
    ...field(ColumnField.data, [data]),
    ...field(ColumnField.offsets, [offsets]),
    ...field(ColumnField.valid, [valid]),
  ];
}

/** A field of bytes, or of a message: tag, length, content. */
function field(number: number, content: Parts): Parts {
  const LENGTH_DELIMITED = 2;
  return [varint((number << 3) | LENGTH_DELIMITED), varint(byteLengthOf(content)), ...content];
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function byteLengthOf(parts: Parts): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function join(parts: Parts): Uint8Array {
  const bytes = new Uint8Array(byteLengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
