import { CODE, skipValue, textOf } from './json-scan.ts';

/** What a JSON value is. `escaped` is a string with backslashes, `big` an integer beyond 2^53; `missing` also stands for broken text. */
export const JSON_KIND = {
  missing: 0,
  null: 1,
  false: 2,
  true: 3,
  integer: 4,
  double: 5,
  big: 6,
  string: 7,
  escaped: 8,
  array: 9,
  object: 10,
} as const;

export type JsonKind = (typeof JSON_KIND)[keyof typeof JSON_KIND];

/** Integers of more digits are read as doubles, as simdjson does for what does not fit 64 bits. */
const INTEGER_DIGITS_MAX = 19;
const SAFE_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Reads one value at a time and describes it in its fields; made once and used for many rows, so that no object is made per row.
 * Integers are exact up to 19 digits, doubles are rounded as `Number(text)` rounds them.
 */
export class JsonReader {
  kind: JsonKind = JSON_KIND.missing;
  /** Of an integer or double. */
  number = 0;
  /** Of a big integer. */
  big = 0n;
  /** The text between the quotes of a string; the whole text of an array or object. */
  start = 0;
  end = 0;

  /** Reads the value at `from`; gives the place after it, or -1 (and `missing`) if there is no value. */
  read(bytes: Uint8Array, from: number, end: number): number {
    const code = from < end ? bytes[from]! : 0;
    if (code === CODE.quote) return this.#readString(bytes, from + 1, end);
    if (code === CODE.minus || (code >= CODE.zero && code <= CODE.nine)) return this.#readNumber(bytes, from, end);
    this.kind = kindOf(code);
    const after = this.kind === JSON_KIND.missing ? -1 : skipValue(bytes, from, end);
    if (after === -1) this.kind = JSON_KIND.missing;
    this.start = from;
    this.end = after;
    return after;
  }

  #readString(bytes: Uint8Array, from: number, end: number): number {
    this.kind = JSON_KIND.string;
    this.start = from;
    let position = from;
    while (position < end) {
      const code = bytes[position]!;
      if (code === CODE.quote) {
        this.end = position;
        return position + 1;
      }
      if (code === CODE.backslash) {
        this.kind = JSON_KIND.escaped;
        position++;
      }
      position++;
    }
    this.kind = JSON_KIND.missing;
    return -1;
  }

  /** Digits and a few decimals are computed here; everything else goes through text. */
  #readNumber(bytes: Uint8Array, from: number, end: number): number {
    const negative = bytes[from] === CODE.minus;
    const digitsStart = negative ? from + 1 : from;
    let position = digitsStart;
    let value = 0;
    while (position < end && isDigit(bytes[position]!)) value = value * 10 + (bytes[position++]! - CODE.zero);
    let digits = position - digitsStart;
    let decimals = 0;
    if (position < end && bytes[position] === CODE.dot) {
      position++;
      while (position < end && isDigit(bytes[position]!)) {
        value = value * 10 + (bytes[position++]! - CODE.zero);
        decimals++;
      }
      digits += decimals;
      this.kind = JSON_KIND.double;
    } else {
      this.kind = JSON_KIND.integer;
    }
    const exponent = position < end && (bytes[position]! | 0x20) === CODE.lowerE;
    if (exponent || digits > SAFE_DIGITS || digits === 0) return this.#readLongNumber(bytes, from, end);
    // Numerator and power of ten are exact doubles, so that one division rounds correctly (Clinger 1990).
    this.number = (negative ? -value : value) / POWERS_OF_TEN[decimals]!;
    return position;
  }

  #readLongNumber(bytes: Uint8Array, from: number, end: number): number {
    const after = skipValue(bytes, from, end);
    const text = textOf(bytes, from, after);
    const digits = text.startsWith('-') ? text.length - 1 : text.length;
    if (/^-?\d+$/.test(text) && digits <= INTEGER_DIGITS_MAX) {
      this.big = BigInt(text);
      this.number = Number(this.big);
      this.kind = Number.isSafeInteger(this.number) ? JSON_KIND.integer : JSON_KIND.big;
      return after;
    }
    this.number = Number(text);
    this.kind = Number.isNaN(this.number) ? JSON_KIND.missing : JSON_KIND.double;
    return after;
  }
}

function kindOf(code: number): JsonKind {
  switch (code) {
    case CODE.openBrace:
      return JSON_KIND.object;
    case CODE.openBracket:
      return JSON_KIND.array;
    case CODE.lowerT:
      return JSON_KIND.true;
    case CODE.lowerF:
      return JSON_KIND.false;
    case CODE.lowerN:
      return JSON_KIND.null;
    default:
      return JSON_KIND.missing;
  }
}

function isDigit(code: number): boolean {
  return code >= CODE.zero && code <= CODE.nine;
}
