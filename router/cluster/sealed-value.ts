import { promisify } from 'node:util';
import { crc32, zstdCompress, zstdDecompress } from 'node:zlib';

/**
 * Bytes that are given to a cache outside of this process: what comes back is recognised as ours, whole, and of a version, or not taken. Not a protection against
 * someone who wants to deceive: whoever may write to the cache is trusted.
 *
 * Layout, little endian: 4 bytes of magic with the version of this layout, CRC-32 of the name and of all that follows (u32), version of the value (f64), then the value, compressed with zstd.
 */

const MAGIC = 'BRC1';
const HEADER_BYTES = 16;
const CHECKED_FROM = 8;

export interface SealedValue {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** `name`: the key it is kept under; under another it is not taken. */
export async function seal(name: string, { version, bytes }: SealedValue): Promise<Uint8Array> {
  const body = await promisify(zstdCompress)(bytes);
  const sealed = Buffer.alloc(HEADER_BYTES + body.length);
  sealed.write(MAGIC, 0, 'latin1');
  sealed.writeDoubleLE(version, CHECKED_FROM);
  sealed.set(body, HEADER_BYTES);
  sealed.writeUInt32LE(crc32(sealed.subarray(CHECKED_FROM), crc32(name)), MAGIC.length);
  return sealed;
}

/** Undefined: not ours, of another layout, of another name, or damaged. */
export async function unseal(name: string, sealed: Uint8Array): Promise<SealedValue | undefined> {
  const buffer = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (buffer.length < HEADER_BYTES || buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  if (crc32(buffer.subarray(CHECKED_FROM), crc32(name)) !== buffer.readUInt32LE(MAGIC.length)) return undefined;
  try {
    const bytes = await promisify(zstdDecompress)(buffer.subarray(HEADER_BYTES));
    return { version: buffer.readDoubleLE(CHECKED_FROM), bytes };
  } catch {
    return undefined;
  }
}
