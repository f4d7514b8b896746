import { bitsetBytes } from '../../bitset.ts';

/**
 * Whole-bitset operations of the evaluator. Both bitsets are of one length, `bitsetBytes(rowCount)` or (those of indexes) the whole words that hold the rows,
 * and keep the bits beyond rowCount clear. Worked on by words where they lie so.
 */

export function invertBits(bits: Uint8Array, rowCount: number): void {
  const words = wordsOf(bits);
  for (let i = 0; i < words.length; i++) words[i] = ~words[i]!;
  for (let i = words.length * 4; i < bits.length; i++) bits[i] = ~bits[i]!;
  clearTail(bits, rowCount);
}

export function andBits(bits: Uint8Array, other: Uint8Array): void {
  const [words, others] = [wordsOf(bits), wordsOf(other)];
  const wordCount = Math.min(words.length, others.length);
  for (let i = 0; i < wordCount; i++) words[i]! &= others[i]!;
  for (let i = wordCount * 4; i < bits.length; i++) bits[i]! &= other[i]!;
}

export function andNotBits(bits: Uint8Array, other: Uint8Array): void {
  const [words, others] = [wordsOf(bits), wordsOf(other)];
  const wordCount = Math.min(words.length, others.length);
  for (let i = 0; i < wordCount; i++) words[i]! &= ~others[i]!;
  for (let i = wordCount * 4; i < bits.length; i++) bits[i]! &= ~other[i]!;
}

export function orBits(bits: Uint8Array, other: Uint8Array): void {
  const [words, others] = [wordsOf(bits), wordsOf(other)];
  const wordCount = Math.min(words.length, others.length);
  for (let i = 0; i < wordCount; i++) words[i]! |= others[i]!;
  for (let i = wordCount * 4; i < bits.length; i++) bits[i]! |= other[i]!;
}

/** None where the bits do not begin at a word. */
function wordsOf(bits: Uint8Array): Int32Array {
  return new Int32Array(bits.buffer, bits.byteOffset & ~3, bits.byteOffset % 4 === 0 ? bits.length >>> 2 : 0);
}

export function anyBit(bits: Uint8Array): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return true;
  return false;
}

/** Clears the rows that hold no value; `valid` has one byte per row, 1 = present. */
export function clearNulls(bits: Uint8Array, valid: Uint8Array, rowCount: number): void {
  const fullBytes = rowCount >>> 3;
  for (let i = 0, row = 0; i < fullBytes; i++, row += 8) {
    bits[i]! &=
      valid[row]! |
      (valid[row + 1]! << 1) |
      (valid[row + 2]! << 2) |
      (valid[row + 3]! << 3) |
      (valid[row + 4]! << 4) |
      (valid[row + 5]! << 5) |
      (valid[row + 6]! << 6) |
      (valid[row + 7]! << 7);
  }
  for (let row = fullBytes * 8; row < rowCount; row++) {
    if (valid[row] === 0) bits[row >>> 3]! &= ~(1 << (row & 7));
  }
}

/** Kernels write whole bytes; this clears what they wrote beyond the last row. */
function clearTail(bits: Uint8Array, rowCount: number): void {
  const used = rowCount & 7;
  if (used !== 0) bits[rowCount >>> 3]! &= (1 << used) - 1;
  bits.fill(0, bitsetBytes(rowCount));
}
