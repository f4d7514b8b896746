import { crc32c } from '@node-rs/crc32';
import { bytesColumn, bytesColumnFrom, textAt } from '../../core/columns/column-operations.ts';
import { BraidError } from '../../core/errors.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { DataType } from '../../core/schema/data-type.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { arrayFrom, bytesOf } from '../../proto/node-protocol/column-codec.ts';
import type { DeleteBatch } from './segment.ts';

/**
 * A delete file: the deletes of one collection with `fromTimestamp < timestamp <= toTimestamp`, by ascending timestamp. All numbers are little-endian:
 *
 *     offset  bytes      content
 *     0       8          "BRAIDDEL"
 *     8       4          uint32 format version, 1
 *     12      4          uint32 type of the keys: 5 Int64, 21 VarChar (core/schema/data-type.ts)
 *     16      8          uint64 n, number of deletes
 *     24      8          uint64 fromTimestamp
 *     32      8          uint64 toTimestamp
 *     40      8n         uint64[n] timestamps
 *     40+8n   8n         int64[n] partition ids, 0 for all partitions
 *     40+16n  8n         Int64 keys: int64[n]
 *             4(n+1)+m   VarChar keys: uint32[n+1] offsets, m bytes of UTF-8
 *     end-4   4          CRC-32C of everything before
 */
export interface DeleteFile {
  readonly fromTimestamp: Timestamp;
  readonly toTimestamp: Timestamp;
  readonly deletes: DeleteBatch;
}

const MAGIC = 'BRAIDDEL';
const VERSION = 1;
const HEADER_BYTES = 40;
const CHECKSUM_BYTES = 4;

export function encodeDeleteFile(file: DeleteFile): Uint8Array {
  const { keys, timestamps, partitionIds } = file.deletes;
  const count = timestamps.length;
  const keyParts = encodeKeys(keys);
  const keyBytes = keyParts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(HEADER_BYTES + 16 * count + keyBytes + CHECKSUM_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, keys instanceof BigInt64Array ? DataType.Int64 : DataType.VarChar, true);
  view.setBigUint64(16, BigInt(count), true);
  view.setBigUint64(24, file.fromTimestamp, true);
  view.setBigUint64(32, file.toTimestamp, true);
  bytes.set(bytesOf(timestamps), HEADER_BYTES);
  if (partitionIds) bytes.set(bytesOf(partitionIds), HEADER_BYTES + 8 * count);
  let at = HEADER_BYTES + 16 * count;
  for (const part of keyParts) {
    bytes.set(part, at);
    at += part.length;
  }
  view.setUint32(at, crc32c(bytes.subarray(0, at)), true);
  return bytes;
}

/** Checks the file before anything is read through its numbers; throws `segmentLoadFailed` naming `name` and what is wrong. */
export function decodeDeleteFile(bytes: Uint8Array, name: string): DeleteFile {
  const refuse = (why: string): never => {
    throw new BraidError('segmentLoadFailed', `delete file ${name} is damaged: ${why}`);
  };
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < HEADER_BYTES) return refuse(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) return refuse('it does not begin like one');
  if (view.getUint32(8, true) !== VERSION)
    return refuse(`its format version is ${view.getUint32(8, true)}, known is ${VERSION}`);
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) return refuse('its checksum does not match');
  const count = Number(view.getBigUint64(16, true));
  if (HEADER_BYTES + 16 * count > end) return refuse(`${count} deletes do not fit into ${bytes.length} bytes`);
  const keyBytes = bytes.subarray(HEADER_BYTES + 16 * count, end);
  const keys = decodeKeys(view.getUint32(12, true), keyBytes, count);
  if (!keys) return refuse('its keys cannot be read');
  return {
    fromTimestamp: view.getBigUint64(24, true),
    toTimestamp: view.getBigUint64(32, true),
    deletes: {
      keys,
      timestamps: arrayFrom(BigUint64Array, bytes.subarray(HEADER_BYTES, HEADER_BYTES + 8 * count)),
      partitionIds: arrayFrom(BigInt64Array, bytes.subarray(HEADER_BYTES + 8 * count, HEADER_BYTES + 16 * count)),
    },
  };
}

function encodeKeys(keys: KeyList): readonly Uint8Array[] {
  if (keys instanceof BigInt64Array) return [bytesOf(keys)];
  const column = bytesColumnFrom(DataType.VarChar, keys);
  return [bytesOf(column.offsets), column.bytes];
}

function decodeKeys(dataType: number, bytes: Uint8Array, count: number): KeyList | undefined {
  if (dataType === DataType.Int64) return bytes.length === 8 * count ? arrayFrom(BigInt64Array, bytes) : undefined;
  const offsetBytes = 4 * (count + 1);
  if (dataType !== DataType.VarChar || bytes.length < offsetBytes) return undefined;
  const offsets = arrayFrom(Uint32Array, bytes.subarray(0, offsetBytes));
  const texts = bytes.subarray(offsetBytes);
  for (let i = 0; i < count; i++) if (offsets[i]! > offsets[i + 1]!) return undefined;
  if (offsets[0] !== 0 || offsets[count] !== texts.length) return undefined;
  const column = bytesColumn(DataType.VarChar, offsets, texts);
  return Array.from({ length: count }, (_, row) => textAt(column, row));
}
