import type { Column } from '../../core/columns/column.ts';
import { compareKeyRows } from '../../core/columns/compare-key-rows.ts';
import { CHUNK_MASK, CHUNK_SHIFT, type ColumnChunks } from './column-chunks.ts';
import type { KeyIndex } from './key-index.ts';

/** Every so many keys of the permutation one is copied out, so that the first steps of a search stay in the processor's cache. */
const SAMPLE_STEP = 64;

/** The key index of a sealed segment: binary search in the permutation that sorts the rows by key. */
export class SortedKeyIndex implements KeyIndex {
  readonly #permutation: Uint32Array;
  readonly #chunks: readonly Column[];
  #sample: BigInt64Array | undefined;

  constructor(keys: ColumnChunks, permutation: Uint32Array) {
    this.#permutation = permutation;
    this.#chunks = Array.from({ length: keys.chunkCount }, (_, index) => keys.chunk(index));
  }

  get memoryBytes(): number {
    return this.#permutation.byteLength + (this.#sample?.byteLength ?? 0);
  }

  /** Offsets by ascending key. */
  get permutation(): Uint32Array {
    return this.#permutation;
  }

  find(keys: Column, onRow: (place: number, offset: number) => void): void {
    const permutation = this.#permutation;
    const last = permutation.at(-1);
    if (last === undefined) return;
    for (let i = 0; i < keys.rowCount; i++) {
      // Most deletes are of rows elsewhere, and segments tend to hold ranges of keys.
      if (this.#compare(permutation[0]!, keys, i) > 0 || this.#compare(last, keys, i) < 0) continue;
      for (let at = this.#lowerBound(keys, i); at < permutation.length; at++) {
        if (this.#compare(permutation[at]!, keys, i) !== 0) break;
        onRow(i, permutation[at]!);
      }
    }
  }

  /** First place in the permutation whose key is not below the given one. */
  #lowerBound(keys: Column, place: number): number {
    let low = 0;
    let high = this.#permutation.length;
    if (keys.kind === 'fixed') {
      const key = (keys.values as BigInt64Array)[place]!;
      const sample = this.#sampleOfKeys();
      const step = lowerBoundOf(sample, key);
      low = Math.max(0, (step - 1) * SAMPLE_STEP);
      high = Math.min(high, step * SAMPLE_STEP);
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#permutation[middle]!, keys, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(offset: number, keys: Column, place: number): number {
    return compareKeyRows(this.#chunks[offset >>> CHUNK_SHIFT]!, offset & CHUNK_MASK, keys, place);
  }

  #sampleOfKeys(): BigInt64Array {
    if (this.#sample) return this.#sample;
    const sample = new BigInt64Array(Math.ceil(this.#permutation.length / SAMPLE_STEP));
    for (let i = 0; i < sample.length; i++) {
      const offset = this.#permutation[i * SAMPLE_STEP]!;
      const chunk = this.#chunks[offset >>> CHUNK_SHIFT] as { readonly values: BigInt64Array } & Column;
      sample[i] = chunk.values[offset & CHUNK_MASK]!;
    }
    this.#sample = sample;
    return sample;
  }
}

function lowerBoundOf(sorted: BigInt64Array, key: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
