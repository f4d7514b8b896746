import { type BytePredicate, utf8 } from './byte-predicate.ts';

/** The text is one of a list: a hash table over the bytes, so that no row is decoded to look it up. */
export class TextSet implements BytePredicate {
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly #mask: number;
  /** Position of a text in the list plus one; zero is an empty slot. */
  readonly #slots: Int32Array;
  /** Text i is `#bytes[#offsets[i] .. #offsets[i + 1]]`. */
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;

  constructor(texts: readonly string[]) {
    const { bytes, offsets } = concatenate(texts);
    this.#bytes = bytes;
    this.#offsets = offsets;
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(texts.length, 4) * 2));
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity);
    let lengthMin = Number.POSITIVE_INFINITY;
    let lengthMax = 0;
    for (let index = 0; index < texts.length; index++) {
      const start = offsets[index]!;
      const end = offsets[index + 1]!;
      lengthMin = Math.min(lengthMin, end - start);
      lengthMax = Math.max(lengthMax, end - start);
      const slot = this.#slotOf(bytes, start, end);
      if (this.#slots[slot] === 0) this.#slots[slot] = index + 1;
    }
    this.lengthMin = lengthMin;
    this.lengthMax = lengthMax;
  }

  /** Different and equal ones. */
  get count(): number {
    return this.#offsets.length - 1;
  }

  /** The text at a position of the list, a view. */
  at(index: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[index], this.#offsets[index + 1]);
  }

  matches(bytes: Uint8Array, start: number, end: number): boolean {
    return this.indexOf(bytes, start, end) !== -1;
  }

  /** Position of the text in the list, the first one if it is listed twice, or -1. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    return this.#slots[this.#slotOf(bytes, start, end)]! - 1;
  }

  /** The slot of the text, or the empty one where it would go. At most half the slots are used, so there is one. */
  #slotOf(bytes: Uint8Array, start: number, end: number): number {
    let slot = hash(bytes, start, end) & this.#mask;
    for (;;) {
      const index = this.#slots[slot]! - 1;
      if (index === -1 || this.#equals(index, bytes, start, end)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[index]!;
    if (this.#offsets[index + 1]! - from !== end - start) return false;
    const own = this.#bytes;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== own[j]) return false;
    return true;
  }
}

/** One encoding for all texts if they are ASCII, which most lists are: a call per text would cost more than the rest of the set. */
function concatenate(texts: readonly string[]): { readonly bytes: Uint8Array; readonly offsets: Uint32Array } {
  const offsets = new Uint32Array(texts.length + 1);
  const joined = texts.join('');
  const bytes = utf8(joined);
  const isAscii = bytes.length === joined.length;
  const parts = isAscii ? texts : texts.map(utf8);
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length;
  return { bytes: isAscii ? bytes : Buffer.concat(parts as readonly Uint8Array[]), offsets };
}

/** FNV-1a with a final mix, so that the low bits depend on all bytes. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b);
  return value ^ (value >>> 13);
}
