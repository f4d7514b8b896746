import type { Column, FixedColumn } from '../columns/column.ts';
import { bytesAt } from '../columns/column-operations.ts';

/**
 * Which of `partitionCount` partitions each row belongs to, by the hash of its partition key: MurmurHash3 (x86, 32 bits, seed 0; Appleby, public domain) of the key's bytes, UTF-8 for texts,
 * 8 bytes little endian for whole numbers, modulo the number of partitions. Part of the stored format: rows are found again by it.
 */
export function hashPartitions(keys: Column, partitionCount: number): Uint32Array {
  const places = new Uint32Array(keys.rowCount);
  if (keys.kind === 'fixed') {
    const { values } = keys as FixedColumn;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let row = 0; row < places.length; row++) places[row] = murmur3(bytes, row * 8, row * 8 + 8) % partitionCount;
    return places;
  }
  if (keys.kind !== 'bytes') throw new Error('a vector is no partition key');
  for (let row = 0; row < places.length; row++) {
    const key = bytesAt(keys, row);
    places[row] = murmur3(key, 0, key.length) % partitionCount;
  }
  return places;
}

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

function murmur3(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  const blocksEnd = start + ((end - start) & ~3);
  for (let at = start; at < blocksEnd; at += 4) {
    hash ^= scramble(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = end - 1; at >= blocksEnd; at--) tail = (tail << 8) | bytes[at]!;
  if (blocksEnd < end) hash ^= scramble(tail);
  hash ^= end - start;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}
