import { crc32c } from '@node-rs/crc32';
import { LOG_LIMITS } from './limits.ts';

/**
 * The bytes of a log file. All numbers are little-endian.
 *
 *     file   = header record*
 *     header = magic "BRAIDWAL" | version u32 = 1 | term u64 | first sequence u64 | CRC-32C of the 28 bytes before u32
 *     record = CRC-32C u32 | payload length u32 | sequence u64 | place in its batch u32 | payload
 *
 * A record's CRC-32C covers the term (u64, as in the header), then the record's bytes after the CRC. Sequences grow by exactly one. The place in the
 * batch (0, 1, 2 ...) tells which records were written together before one fsync: a record at place p and sequence s proves that everything before
 * sequence s - p was durable when it was written, which separates damage from a write that a crash cut short.
 */
export const FILE_HEADER_BYTES = 32;
export const RECORD_HEADER_BYTES = 20;

const MAGIC = Buffer.from('BRAIDWAL', 'latin1');
const VERSION = 1;
const U32 = 2 ** 32;

export function encodeFileHeader(term: number, firstSequence: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  writeU64(header, term, 12);
  writeU64(header, firstSequence, 20);
  header.writeUInt32LE(crc32c(header.subarray(0, 28)), 28);
  return header;
}

/** What is wrong with a file's header, in words; undefined if nothing is. */
export function checkFileHeader(header: Buffer, term: number, firstSequence: number): string | undefined {
  if (header.length < FILE_HEADER_BYTES) return 'its header is cut';
  if (!header.subarray(0, 8).equals(MAGIC)) return 'its header does not begin with BRAIDWAL';
  if (crc32c(header.subarray(0, 28)) !== header.readUInt32LE(28)) return 'the checksum of its header is wrong';
  if (header.readUInt32LE(8) !== VERSION)
    return `its format version is ${header.readUInt32LE(8)}, this server reads ${VERSION}`;
  if (readU64(header, 12) !== term || readU64(header, 20) !== firstSequence)
    return 'its header belongs to another name';
  return undefined;
}

/** The term's part of every record's checksum, computed once. */
export function termChecksum(term: number): number {
  const bytes = Buffer.alloc(8);
  writeU64(bytes, term, 0);
  return crc32c(bytes);
}

/** The bytes of one batch, ready for `writev`; short payloads are gathered, long ones are not copied. */
export function encodeBatch(payloads: readonly Uint8Array[], firstSequence: number, checksumOfTerm: number): Buffer[] {
  const buffers: Buffer[] = [];
  const gathered = Buffer.allocUnsafe(gatheredBytes(payloads));
  let start = 0;
  let end = 0;
  for (const [place, payload] of payloads.entries()) {
    const header = gathered.subarray(end, end + RECORD_HEADER_BYTES);
    header.writeUInt32LE(payload.length, 4);
    writeU64(header, firstSequence + place, 8);
    header.writeUInt32LE(place, 16);
    header.writeUInt32LE(crc32c(payload, crc32c(header.subarray(4), checksumOfTerm)), 0);
    end += RECORD_HEADER_BYTES;
    if (payload.length <= LOG_LIMITS.gatherBytesMax) {
      gathered.set(payload, end);
      end += payload.length;
    } else {
      buffers.push(gathered.subarray(start, end), Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
      start = end;
    }
  }
  if (end > start) buffers.push(gathered.subarray(start, end));
  return buffers;
}

function gatheredBytes(payloads: readonly Uint8Array[]): number {
  return payloads.reduce(
    (bytes, payload) =>
      bytes + RECORD_HEADER_BYTES + (payload.length <= LOG_LIMITS.gatherBytesMax ? payload.length : 0),
    0,
  );
}

/** The fields of the record header that begins at `offset`. */
export function recordPayloadBytes(bytes: Buffer, offset = 0): number {
  return bytes.readUInt32LE(offset + 4);
}

export function recordSequence(bytes: Buffer, offset = 0): number {
  return readU64(bytes, offset + 8);
}

export function recordPlaceInBatch(bytes: Buffer, offset = 0): number {
  return bytes.readUInt32LE(offset + 16);
}

/** True when header and payload are the ones that were written. */
export function isRecordIntact(header: Buffer, payload: Buffer, checksumOfTerm: number): boolean {
  return crc32c(payload, crc32c(header.subarray(4), checksumOfTerm)) === header.readUInt32LE(0);
}

/** May be larger than any safe integer when the bytes are damaged; such a number equals no sequence and no term. */
function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * U32;
}

function writeU64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32LE(value % U32, offset);
  bytes.writeUInt32LE(Math.floor(value / U32), offset + 4);
}
