import type { BytesColumn } from '../../columns/column.ts';
import { termId } from '../../text/term-id.ts';

/** Rows of a column of terms (sparse vectors by term id, see core/text/term-frequencies.ts) that have some of these terms. */
export class TermRows {
  /** Ascending and distinct. */
  readonly #ids: Uint32Array;

  constructor(terms: readonly string[]) {
    this.#ids = Uint32Array.from(new Set(terms.map(termId))).sort();
  }

  get count(): number {
    return this.#ids.length;
  }

  /** Calls `found` with the rows that have at least `least` of the terms, ascending. */
  each(column: BytesColumn, rowCount: number, least: number, found: (row: number) => void): void {
    const words = wordsOf(column);
    const base = column.offsets[0]!;
    const ids = this.#ids;
    for (let row = 0; row < rowCount; row++) {
      const end = (column.offsets[row + 1]! - base) >>> 2;
      let from = (column.offsets[row]! - base) >>> 2;
      let matched = 0;
      for (let i = 0; i < ids.length && matched < least && from < end; i++) {
        from = firstFrom(words, from, end, ids[i]!);
        if (from < end && words[from] === ids[i]) matched++;
      }
      if (matched >= least) found(row);
    }
  }
}

/** The place of the first pair in from..end (in words, two to a pair) whose term is not below `id`. */
function firstFrom(words: Uint32Array, from: number, end: number, id: number): number {
  let low = from >>> 1;
  let high = end >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[middle * 2]! < id) low = middle + 1;
    else high = middle;
  }
  return low * 2;
}

function wordsOf({ bytes, offsets, rowCount }: BytesColumn): Uint32Array {
  const used = bytes.subarray(offsets[0]!, offsets[rowCount]!);
  const aligned = used.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? used : used.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
}
