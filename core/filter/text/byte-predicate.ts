/** A test of one text, given as UTF-8 bytes `bytes[start..end)`; nothing is decoded. Stateless after construction. */
export interface BytePredicate {
  /** Texts shorter or longer than this do not match; checked by the caller before `matches`, which relies on it. */
  readonly lengthMin: number;
  readonly lengthMax: number;
  matches(bytes: Uint8Array, start: number, end: number): boolean;
  /** Texts that sort outside do not match either; missing: any may. */
  readonly range?: TextRange;
}

/** A range of texts by their bytes. */
export interface TextRange {
  readonly lower: TextBound | undefined;
  readonly upper: TextBound | undefined;
  /** Every text within matches. */
  readonly isExact: boolean;
}

export interface TextBound {
  readonly value: Uint8Array;
  readonly inclusive: boolean;
}

const ENCODER = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** True if `needle` stands at `at`; the caller has checked that there is room for it. */
export function bytesAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

/** Order of UTF-8 bytes, which is the order of code points: below zero if `bytes[start..end)` sorts before `other`. */
export function compareBytes(bytes: Uint8Array, start: number, end: number, other: Uint8Array): number {
  const length = Math.min(end - start, other.length);
  for (let i = 0; i < length; i++) {
    const difference = bytes[start + i]! - other[i]!;
    if (difference !== 0) return difference;
  }
  return end - start - other.length;
}
