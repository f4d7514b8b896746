import { BraidError } from '../../core/errors.ts';

/** Holds writes back when too many rows are not sealed yet: sealing is slower than writing. */
export class Admission {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws `rateLimited` when another write of so many bytes is too much. */
  admit(byteLength: number): void {
    if (this.#bytes + byteLength > this.#bytesMax && this.#bytes > 0) {
      const message = `rows that are not sealed take ${this.#bytes} bytes of memory, the limit is ${this.#bytesMax}: rate limit exceeded, please retry later`;
      throw new BraidError('rateLimited', message);
    }
    this.#bytes += byteLength;
  }

  /** What unsealed segments really take; between two measurements it is what was admitted since. */
  measured(bytes: number): void {
    this.#bytes = bytes;
  }
}
