import { crc32c } from '@node-rs/crc32';
import type { LogPosition } from '../log.ts';
import type { PartitionMessage, PartitionRecord } from './partition.ts';

/**
 * The bytes of the log in a Kafka partition. Numbers are little-endian. The key of a Kafka record is this header, its value what the header speaks of:
 *
 *     magic "BRWL" | version u8 = 1 | kind u8 | last fragment u8 | 0 u8 | term u64 | sequence u64 | claimed offset u64
 *       | freed term u64 | freed sequence u64 | fragment u32 | CRC-32C of all this and the value u32
 *
 * **A record counts only if it stands at the offset that it claims.** A writer claims the end of the partition as it knows it. Whoever else has appended meanwhile took that offset, so the
 * record lands behind its claim and is void: for its writer, who is told the offset, and for every reader, at any time, without looking at anything else. An append is a compare-and-set on the
 * end of the partition; it needs neither transactions nor an idempotent producer, only the total order of a partition, and it makes a record that was sent twice (after a lost answer)
 * count once.
 *
 * - A **fence** begins a term; its value names the last record before it, and the opening that wrote it. Since it stands where a writer of an older term would have gone on, that writer's next record is void.
 * - **Data** is a log record or a fragment of one (0, 1, 2 ...): Kafka limits the size of a record, the log does not.
 * - A **mark** says up to where records may be deleted; it repeats the sequence of the last record.
 */
export type RecordKind = 'fence' | 'data' | 'mark';

/** A record before it has a place. */
export interface RecordDraft {
  readonly kind: RecordKind;
  /** Of the log record that this belongs to; of the last one before a mark; 0 for a fence. */
  readonly sequence: number;
  /** Place among the fragments of its log record. */
  readonly fragment: number;
  readonly isLastFragment: boolean;
  readonly value: Uint8Array;
}

export interface ClaimedRecord extends RecordDraft {
  readonly offset: number;
  readonly term: number;
  /** Records up to here may have been deleted when this one was written. */
  readonly freed: LogPosition;
}

export interface FenceValue {
  /** The last record before the fence; sequence 0 if its term has none. */
  readonly previous: LogPosition;
  /** A random name of the opening that wrote it. */
  readonly writer: string;
}

export const HEADER_BYTES = 56;
const MAGIC = Buffer.from('BRWL', 'latin1');
const VERSION = 1;
const KINDS: readonly RecordKind[] = ['fence', 'data', 'mark'];
const CHECKED_BYTES = HEADER_BYTES - 4;
const POSITION_BYTES = 16;

export function encodeClaimed(
  { kind, sequence, fragment, isLastFragment, value }: RecordDraft,
  term: number,
  offset: number,
  freed: LogPosition,
): PartitionMessage {
  const key = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(key);
  key.writeUInt8(VERSION, 4);
  key.writeUInt8(KINDS.indexOf(kind), 5);
  key.writeUInt8(isLastFragment ? 1 : 0, 6);
  writePosition(key, { term, sequence }, 8);
  key.writeBigUInt64LE(BigInt(offset), 24);
  writePosition(key, freed, 32);
  key.writeUInt32LE(fragment, 48);
  key.writeUInt32LE(checksum(key, value), CHECKED_BYTES);
  return { key, value };
}

/** Undefined for a record that does not count: another's, a damaged one, or one that is not where it claims to be. */
export function decodeClaimed({ offset, key, value }: PartitionRecord): ClaimedRecord | undefined {
  if (key === null || value === null || key.length !== HEADER_BYTES) return undefined;
  const header = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC) || header.readUInt8(4) !== VERSION) return undefined;
  const kind = KINDS[header.readUInt8(5)];
  if (kind === undefined || Number(header.readBigUInt64LE(24)) !== offset) return undefined;
  if (checksum(header, value) !== header.readUInt32LE(CHECKED_BYTES)) return undefined;
  return {
    kind,
    offset,
    ...readPosition(header, 8),
    freed: readPosition(header, 32),
    fragment: header.readUInt32LE(48),
    isLastFragment: header.readUInt8(6) === 1,
    value,
  };
}

export function fenceDraft({ previous, writer }: FenceValue): RecordDraft {
  const position = Buffer.alloc(POSITION_BYTES);
  writePosition(position, previous, 0);
  const value = Buffer.concat([position, Buffer.from(writer)]);
  return { kind: 'fence', sequence: 0, fragment: 0, isLastFragment: true, value };
}

export function decodeFence({ value }: ClaimedRecord): FenceValue {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { previous: readPosition(bytes, 0), writer: bytes.toString('utf8', POSITION_BYTES) };
}

function checksum(header: Buffer, value: Uint8Array): number {
  return crc32c(value, crc32c(header.subarray(0, CHECKED_BYTES)));
}

function writePosition(bytes: Buffer, { term, sequence }: LogPosition, at: number): void {
  bytes.writeBigUInt64LE(BigInt(term), at);
  bytes.writeBigUInt64LE(BigInt(sequence), at + 8);
}

function readPosition(bytes: Buffer, at: number): LogPosition {
  return { term: Number(bytes.readBigUInt64LE(at)), sequence: Number(bytes.readBigUInt64LE(at + 8)) };
}
