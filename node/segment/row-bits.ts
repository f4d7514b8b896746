/**
 * Bitsets over the rows of a segment: the layout of core/bitset.ts, in memory that is a whole number of 32-bit words, so that they are combined by words.
 */

export function createRowBits(rowCount: number): Uint8Array {
  return new Uint8Array(wordsOf(rowCount) * 4);
}

/** A copy with room for `rowCount` rows; rows that were not there are clear. */
export function resizeRowBits(bits: Uint8Array, rowCount: number): Uint8Array {
  const resized = createRowBits(rowCount);
  resized.set(bits.subarray(0, resized.length));
  return resized;
}

/** Rows that are set in `only` (undefined: all) and in none of `without`. */
export interface RowSet {
  readonly count: number;
  /** Undefined when every row is in. Nobody writes to it. */
  readonly bits: Uint8Array | undefined;
}

export function combineRows(
  rowCount: number,
  only: Uint8Array | undefined,
  without: readonly (Uint8Array | undefined)[],
): RowSet {
  const holes = without.filter((bits) => bits !== undefined);
  if (only === undefined && holes.length === 0) return { count: rowCount, bits: undefined };
  const bits = createRowBits(rowCount);
  const words = wordView(bits);
  if (only) words.set(wordView(only).subarray(0, words.length));
  else words.fill(-1);
  for (const hole of holes) {
    const holeWords = wordView(hole);
    const common = Math.min(words.length, holeWords.length);
    for (let i = 0; i < common; i++) words[i]! &= ~holeWords[i]!;
  }
  clearTail(words, rowCount);
  let count = 0;
  for (let i = 0; i < words.length; i++) count += onesOf(words[i]!);
  return { count, bits };
}

/** Rows of both. */
export function intersectRows(rowCount: number, rows: RowSet, only: Uint8Array): RowSet {
  if (!rows.bits) return combineRows(rowCount, only, []);
  const bits = createRowBits(rowCount);
  const words = wordView(bits);
  const left = wordView(rows.bits);
  const right = wordView(only);
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    words[i] = left[i]! & right[i]!;
    count += onesOf(words[i]!);
  }
  return { count, bits };
}

/** Offsets of the rows in a set, ascending. */
export function offsetsOf(rows: RowSet, rowCount: number): Uint32Array {
  const offsets = new Uint32Array(rows.count);
  if (!rows.bits) {
    for (let row = 0; row < rowCount; row++) offsets[row] = row;
    return offsets;
  }
  const words = wordView(rows.bits);
  let at = 0;
  for (let i = 0; i < words.length && at < rows.count; i++) {
    for (let rest = words[i]!; rest !== 0; rest &= rest - 1) offsets[at++] = i * 32 + 31 - Math.clz32(rest & -rest);
  }
  return offsets;
}

function wordsOf(rowCount: number): number {
  return (rowCount + 31) >>> 5;
}

function wordView(bits: Uint8Array): Int32Array {
  return new Int32Array(bits.buffer, bits.byteOffset, bits.length >>> 2);
}

function clearTail(words: Int32Array, rowCount: number): void {
  if ((rowCount & 31) !== 0) words[rowCount >>> 5]! &= (1 << (rowCount & 31)) - 1;
}

/** Hacker's Delight, figure 5-2. */
function onesOf(word: number): number {
  let ones = word - ((word >>> 1) & 0x55555555);
  ones = (ones & 0x33333333) + ((ones >>> 2) & 0x33333333);
  return Math.imul((ones + (ones >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
