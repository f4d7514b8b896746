/** Bitsets over rows: one bit per row, least significant bit of byte 0 first. The addon reads the same layout. */

export function bitsetBytes(rowCount: number): number {
  return (rowCount + 7) >>> 3;
}

export function createBitset(rowCount: number): Uint8Array {
  return new Uint8Array(bitsetBytes(rowCount));
}

export function setBit(bits: Uint8Array, row: number): void {
  bits[row >>> 3]! |= 1 << (row & 7);
}

export function clearBit(bits: Uint8Array, row: number): void {
  bits[row >>> 3]! &= ~(1 << (row & 7));
}

export function testBit(bits: Uint8Array, row: number): boolean {
  return (bits[row >>> 3]! & (1 << (row & 7))) !== 0;
}

/** Sets rows 0..rowCount-1, leaves the bits beyond them clear. */
export function fillBits(bits: Uint8Array, rowCount: number): void {
  const fullBytes = rowCount >>> 3;
  bits.fill(0xff, 0, fullBytes);
  bits.fill(0, fullBytes);
  if (rowCount & 7) bits[fullBytes] = (1 << (rowCount & 7)) - 1;
}

const BITS_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
});

export function countBits(bits: Uint8Array, rowCount: number): number {
  let count = 0;
  const fullBytes = rowCount >>> 3;
  for (let i = 0; i < fullBytes; i++) count += BITS_OF_BYTE[bits[i]!]!;
  if (rowCount & 7) count += BITS_OF_BYTE[bits[fullBytes]! & ((1 << (rowCount & 7)) - 1)]!;
  return count;
}
