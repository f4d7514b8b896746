import { crc32 } from 'node:zlib';

/** Bytes of a token that count. */
const TOKEN_BYTES = 100;
const ID_END = 0xffff_ffff;

/**
 * The index of a token in the sparse vectors of BM25: CRC-32 (IEEE) of its first 100 bytes, below 2^32 - 1, as Milvus has it (typeutil.HashString2LessUint32). Two tokens may
 * share one.
 */
export function termId(token: string): number {
  // Three bytes of UTF-8 at the most for a UTF-16 unit.
  const isShort = token.length * 3 <= TOKEN_BYTES;
  return crc32(isShort ? token : Buffer.from(token).subarray(0, TOKEN_BYTES)) % ID_END;
}
