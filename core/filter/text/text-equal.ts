import { type BytePredicate, bytesAt, type TextRange } from './byte-predicate.ts';

/** The text is exactly these bytes. */
export class TextEqual implements BytePredicate {
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly #value: Uint8Array;

  constructor(value: Uint8Array) {
    this.#value = value;
    this.lengthMin = value.length;
    this.lengthMax = value.length;
  }

  get range(): TextRange {
    const bound = { value: this.#value, inclusive: true };
    return { lower: bound, upper: bound, isExact: true };
  }

  matches(bytes: Uint8Array, start: number): boolean {
    return bytesAt(bytes, start, this.#value);
  }
}
