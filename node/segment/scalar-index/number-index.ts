import { halves } from '../../../core/filter/evaluate/blocks.ts';
import type { IntegerSet } from '../../../core/filter/evaluate/integer-set.ts';
import { LIMITS } from '../limits.ts';
import { createRowBits } from '../row-bits.ts';
import type { RowRuns } from './row-runs.ts';

/** Rows by a number: 64-bit integers, or doubles for all other types of numbers. */
export class NumberIndex {
  readonly #runs: RowRuns;
  /** The different values, ascending. */
  readonly #values: BigInt64Array | Float64Array;

  constructor(runs: RowRuns, values: BigInt64Array | Float64Array) {
    this.#runs = runs;
    this.#values = values;
  }

  get memoryBytes(): number {
    return this.#runs.memoryBytes + this.#values.byteLength;
  }

  /** Rows with a value from `lo` to `hi`, both included. */
  between(lo: number | bigint, hi: number | bigint): Uint8Array {
    const out = createRowBits(this.#runs.rowCount);
    this.#runs.mark(this.#lowerBound(lo), this.#upperBound(hi), out);
    return out;
  }

  oneOf(values: readonly (number | bigint)[]): Uint8Array | undefined {
    if (values.length > LIMITS.indexLookupsMax) return undefined;
    const out = createRowBits(this.#runs.rowCount);
    for (const value of values) this.#runs.mark(this.#lowerBound(value), this.#upperBound(value), out);
    return out;
  }

  /** Looked for one by one, or the other way round, whichever is less work. */
  oneOfSet(set: IntegerSet): Uint8Array | undefined {
    if (set.count <= LIMITS.indexLookupsMax) return this.oneOf(set.toArray());
    const values = this.#values;
    if (values.length > LIMITS.indexTestsMax) return undefined;
    const pairs = values instanceof BigInt64Array ? halves(values) : undefined;
    const out = createRowBits(this.#runs.rowCount);
    for (let run = 0; run < values.length; run++) {
      const low = pairs ? pairs[run * 2]! : Number(values[run]!);
      const high = pairs ? pairs[run * 2 + 1]! : low >> 31;
      if (set.has(low, high)) this.#runs.mark(run, run + 1, out);
    }
    return out;
  }

  /** First run with a value that is not below. JavaScript compares bigints with numbers exactly. */
  #lowerBound(value: number | bigint): number {
    let [from, to] = [0, this.#values.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#values[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** First run with a value that is above. */
  #upperBound(value: number | bigint): number {
    let [from, to] = [0, this.#values.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#values[middle]! <= value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
