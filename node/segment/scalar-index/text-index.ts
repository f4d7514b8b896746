import { type BytePredicate, compareBytes, type TextBound } from '../../../core/filter/text/byte-predicate.ts';
import { TextSet } from '../../../core/filter/text/text-set.ts';
import { LIMITS } from '../limits.ts';
import { createRowBits } from '../row-bits.ts';
import type { RowRuns } from './row-runs.ts';

/** Rows by a text: each different text is kept once, so that a condition is tested per text and not per row. */
export class TextIndex {
  readonly #runs: RowRuns;
  /** Text i is `#bytes[#offsets[i] .. #offsets[i + 1]]`, ascending. */
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;

  constructor(runs: RowRuns, bytes: Uint8Array, offsets: Uint32Array) {
    this.#runs = runs;
    this.#bytes = bytes;
    this.#offsets = offsets;
  }

  get memoryBytes(): number {
    return this.#runs.memoryBytes + this.#bytes.byteLength + this.#offsets.byteLength;
  }

  matching(predicate: BytePredicate): Uint8Array | undefined {
    if (predicate instanceof TextSet && predicate.count <= LIMITS.indexLookupsMax) return this.#oneOf(predicate);
    const from = this.#lowerEnd(predicate.range?.lower);
    const to = this.#upperEnd(predicate.range?.upper);
    const out = createRowBits(this.#runs.rowCount);
    if (predicate.range?.isExact) {
      this.#runs.mark(from, to, out);
      return out;
    }
    if (to - from > LIMITS.indexTestsMax) return undefined;
    const { lengthMin, lengthMax } = predicate;
    for (let run = from; run < to; run++) {
      const start = this.#offsets[run]!;
      const end = this.#offsets[run + 1]!;
      const fits = end - start >= lengthMin && end - start <= lengthMax;
      if (fits && predicate.matches(this.#bytes, start, end)) this.#runs.mark(run, run + 1, out);
    }
    return out;
  }

  #oneOf(set: TextSet): Uint8Array {
    const out = createRowBits(this.#runs.rowCount);
    for (let i = 0; i < set.count; i++) {
      const bound = { value: set.at(i), inclusive: true };
      this.#runs.mark(this.#lowerEnd(bound), this.#upperEnd(bound), out);
    }
    return out;
  }

  #lowerEnd(bound: TextBound | undefined): number {
    return bound ? this.#firstRun(bound.value, bound.inclusive ? 0 : 1) : 0;
  }

  #upperEnd(bound: TextBound | undefined): number {
    return bound ? this.#firstRun(bound.value, bound.inclusive ? 1 : 0) : this.#runs.count;
  }

  /** First run whose text compares with the value as at least `order` (0: not below, 1: above). */
  #firstRun(value: Uint8Array, order: 0 | 1): number {
    let [from, to] = [0, this.#runs.count];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compareBytes(this.#bytes, this.#offsets[middle]!, this.#offsets[middle + 1]!, value) < order)
        from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
