import { crc32 } from 'node:zlib';

/**
 * Hashes for choices that every process must make alike (rendezvous hashing): cheap to combine, so that n x m pairs cost no digest each. Not for keys that an
 * attacker chooses.
 */
export function hashName(name: string): number {
  return scramble(crc32(name));
}

/** 32 bits from a whole number from 0 to 2^53. */
export function hashNumber(value: number): number {
  return mixHashes(scramble(Math.floor(value / 2 ** 32)), scramble(value >>> 0));
}

/** 32 bits from two hashes, in which every bit of both matters (the finalizer of MurmurHash3). */
export function mixHashes(left: number, right: number): number {
  return scramble(Math.imul(left, 0x9e37_79b1) ^ right);
}

/** A score for weighted rendezvous hashing (Schindelhauer, Schomaker 2005): the one with the highest wins, in proportion to the weights. */
export function weightedScore(hash: number, weight: number): number {
  return -weight / Math.log((hash + 0.5) / 2 ** 32);
}

function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
