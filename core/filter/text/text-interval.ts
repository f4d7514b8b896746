import { type BytePredicate, compareBytes, type TextBound, type TextRange } from './byte-predicate.ts';

/** The text sorts between two bounds, either of which may be missing. */
export class TextInterval implements BytePredicate {
  readonly lengthMin = 0;
  readonly lengthMax = Number.POSITIVE_INFINITY;
  readonly #lower: TextBound | undefined;
  readonly #upper: TextBound | undefined;

  get range(): TextRange {
    return { lower: this.#lower, upper: this.#upper, isExact: true };
  }

  constructor(lower: TextBound | undefined, upper: TextBound | undefined) {
    this.#lower = lower;
    this.#upper = upper;
  }

  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const lower = this.#lower;
    if (lower) {
      const order = compareBytes(bytes, start, end, lower.value);
      if (order < 0 || (order === 0 && !lower.inclusive)) return false;
    }
    const upper = this.#upper;
    if (!upper) return true;
    const order = compareBytes(bytes, start, end, upper.value);
    return order < 0 || (order === 0 && upper.inclusive);
  }
}
