import type { BytesColumn, Column } from '../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn } from '../../core/columns/column-operations.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { DataType } from '../../core/schema/data-type.ts';

/** Primary keys as columns: Int64, or VarChar as UTF-8 bytes. Their order is that of core/merge/compare-keys.ts. */

export function columnOfKeys(keys: KeyList): Column {
  return keys instanceof BigInt64Array ? fixedColumn(DataType.Int64, keys) : bytesColumnFrom(DataType.VarChar, keys);
}

/** 32 bits per key. A seed that is not known outside keeps a client from choosing keys that collide. */
export function hashKeys(keys: Column, seed: number): Uint32Array {
  const hashes = new Uint32Array(keys.rowCount);
  if (keys.kind === 'fixed') {
    const { values } = keys;
    const halves = new Int32Array(values.buffer, values.byteOffset, keys.rowCount * 2);
    for (let i = 0; i < keys.rowCount; i++) {
      hashes[i] = mix(Math.imul(mix(seed ^ halves[i * 2]!), 0x9e3779b1) ^ halves[i * 2 + 1]!);
    }
    return hashes;
  }
  const { offsets, bytes } = keys as BytesColumn;
  for (let i = 0; i < keys.rowCount; i++) {
    let hash = seed;
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hashes[i] = mix(hash);
  }
  return hashes;
}

/** The finalizer of MurmurHash3. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
