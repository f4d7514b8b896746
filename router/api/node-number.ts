import { crc32 } from 'node:zlib';

/** Nodes are named by texts, but by numbers on the wire: a positive number that is the same for the same name, everywhere. */
export function nodeNumber(nodeId: string): bigint {
  return BigInt(crc32(nodeId)) + 1n;
}
