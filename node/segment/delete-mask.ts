import { createRowBits, resizeRowBits } from './row-bits.ts';

/**
 * Which rows are deleted: one bit per row, 1 = deleted. Rows are only ever added and masked. Snapshots share the bits; the first change after that works on a copy,
 * so bits that were shared never change.
 */
export class DeleteMask {
  #bits: Uint8Array;
  #count: number;
  #shared = false;

  constructor(bits = createRowBits(0), count = 0) {
    this.#bits = bits;
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  get memoryBytes(): number {
    return this.#bits.byteLength;
  }

  has(row: number): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  /** Masks a row of `rowCount`; false if it was masked already. */
  mark(row: number, rowCount: number): boolean {
    if (this.has(row)) return false;
    const isTooShort = this.#bits.length * 8 < rowCount;
    if (isTooShort || this.#shared) {
      // Growing segments grow on: room for twice the rows, so that the next deletes seldom copy.
      this.#bits = isTooShort ? resizeRowBits(this.#bits, rowCount * 2) : this.#bits.slice();
      this.#shared = false;
    }
    this.#bits[row >>> 3]! |= 1 << (row & 7);
    this.#count++;
    return true;
  }

  /** The bits as they are now, never to change; undefined when no row is masked. They may be shorter than the rows: rows beyond them are not masked. */
  share(): Uint8Array | undefined {
    if (this.#count === 0) return undefined;
    this.#shared = true;
    return this.#bits;
  }
}
