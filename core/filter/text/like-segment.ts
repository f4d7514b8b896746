import { utf8 } from './byte-predicate.ts';

/** An ordinary stretch of text, or 'any' for `_`. */
export type LikeItem = string | { readonly any: true };

/** Stands for `_` among the bytes of a segment. */
const ANY = 256;
const CHARACTER_BYTES_MAX = 4;

/** The part of a pattern between two `%`: bytes, and places for any one character. */
export class LikeSegment {
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** Bytes, or ANY. */
  readonly #items: Uint16Array;

  constructor(items: readonly LikeItem[]) {
    const codes = items.flatMap((item) => (typeof item === 'string' ? [...utf8(item)] : [ANY]));
    this.#items = Uint16Array.from(codes);
    this.lengthMin = codes.length;
    this.lengthMax = codes.reduce((sum, code) => sum + (code === ANY ? CHARACTER_BYTES_MAX : 1), 0);
  }

  /** The bytes before the first `_`. */
  get literalStart(): Uint8Array {
    const any = this.#items.indexOf(ANY);
    return Uint8Array.from(any === -1 ? this.#items : this.#items.subarray(0, any));
  }

  /** End of the segment if it stands at `start`, or -1. */
  matchAt(bytes: Uint8Array, start: number, end: number): number {
    let position = start;
    const items = this.#items;
    for (let i = 0; i < items.length; i++) {
      if (position >= end) return -1;
      if (items[i] === ANY) {
        position = nextCharacter(bytes, position, end);
      } else {
        if (bytes[position] !== items[i]) return -1;
        position++;
      }
    }
    return position;
  }

  /** Start of the segment if it stands right before `end`, or -1. */
  matchBefore(bytes: Uint8Array, start: number, end: number): number {
    let position = end;
    const items = this.#items;
    for (let i = items.length - 1; i >= 0; i--) {
      if (position <= start) return -1;
      position--;
      if (items[i] === ANY) {
        while (position > start && isContinuation(bytes[position]!)) position--;
      } else if (bytes[position] !== items[i]) {
        return -1;
      }
    }
    return position;
  }

  /** End of the leftmost place of the segment within `start..end`, or -1. A byte that starts a literal also starts a character. */
  search(bytes: Uint8Array, start: number, end: number): number {
    const first = this.#items[0]!;
    const last = end - this.lengthMin;
    let at = start;
    while (at <= last) {
      if (first === ANY || bytes[at] === first) {
        const found = this.matchAt(bytes, at, end);
        if (found !== -1) return found;
      }
      at = first === ANY ? nextCharacter(bytes, at, end) : at + 1;
    }
    return -1;
  }
}

function nextCharacter(bytes: Uint8Array, position: number, end: number): number {
  let next = position + 1;
  while (next < end && isContinuation(bytes[next]!)) next++;
  return next;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
