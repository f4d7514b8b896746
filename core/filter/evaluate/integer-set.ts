import { halves } from './blocks.ts';

/** A set of 64-bit integers over open addressing: membership needs no BigInt and no hashing of objects. Built once, then read only. */
export class IntegerSet {
  /** Different values. */
  count = 0;
  readonly #mask: number;
  /** Pairs of low and high half; an empty slot has `used` 0. */
  readonly #slots: Int32Array;
  readonly #used: Uint8Array;

  constructor(values: readonly bigint[]) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(values.length, 4) * 2));
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity * 2);
    this.#used = new Uint8Array(capacity);
    const pairs = halves(BigInt64Array.from(values));
    for (let i = 0; i < pairs.length; i += 2) this.#add(pairs[i]!, pairs[i + 1]!);
  }

  /** Larger than every number that `indexOf` gives. */
  get capacity(): number {
    return this.#used.length;
  }

  /** A number of its own for each value, or -1. */
  indexOf(low: number, high: number): number {
    const slot = this.#slotOf(low, high);
    return this.#used[slot] === 1 ? slot : -1;
  }

  has(low: number, high: number): boolean {
    return this.#used[this.#slotOf(low, high)] === 1;
  }

  /** The different values, in no order. */
  toArray(): bigint[] {
    const slots = new BigInt64Array(this.#slots.buffer);
    const values: bigint[] = [];
    for (let slot = 0; slot < slots.length; slot++) if (this.#used[slot] === 1) values.push(slots[slot]!);
    return values;
  }

  #add(low: number, high: number): void {
    const slot = this.#slotOf(low, high);
    if (this.#used[slot] === 0) this.count++;
    this.#used[slot] = 1;
    this.#slots[slot * 2] = low;
    this.#slots[slot * 2 + 1] = high;
  }

  /** The slot that holds the value, or the empty one where it would go. At most half the slots are used, so there is one. */
  #slotOf(low: number, high: number): number {
    let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 16)) & this.#mask;
    while (this.#used[slot] === 1 && (this.#slots[slot * 2] !== low || this.#slots[slot * 2 + 1] !== high)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}
