/** Set bits among the first `rowCount`, least significant bit of byte 0 first. The addon imports nothing of the house, so it counts for itself. */
export function countBits(bits: Uint8Array, rowCount: number): number {
  const fullBytes = rowCount >>> 3;
  let count = 0;
  let at = 0;
  for (; at + 4 <= fullBytes; at += 4) {
    count += bitsOfWord(bits[at]! | (bits[at + 1]! << 8) | (bits[at + 2]! << 16) | (bits[at + 3]! << 24));
  }
  for (; at < fullBytes; at++) count += bitsOfWord(bits[at]!);
  if (rowCount & 7) count += bitsOfWord(bits[fullBytes]! & ((1 << (rowCount & 7)) - 1));
  return count;
}

/** Population count of 32 bits (Hacker's Delight, 5-1). */
function bitsOfWord(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
