import { bytesAt } from '../text/byte-predicate.ts';

/**
 * Walking over JSON text as UTF-8 bytes without building values. Every function takes a position and the end of the text and gives a new position,
 * or -1 if the text is not JSON there. Nothing recurses, nothing reads at or beyond `end`. The text was checked when it was inserted, so that
 * these functions only promise not to crash on other text, not to find every fault in it.
 */

export const CODE = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  lowerE: 0x65,
  lowerF: 0x66,
  lowerN: 0x6e,
  lowerT: 0x74,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

const SPACE = 0x20;

export function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let position = from;
  while (position < end && bytes[position]! <= SPACE) position++;
  return position;
}

/** The place after the value that starts at `from`. The loops over texts are written out, here and below: calls would cost more than they do. */
export function skipValue(bytes: Uint8Array, from: number, end: number): number {
  if (from >= end) return -1;
  let position = from;
  let code = bytes[position]!;
  if (code === CODE.quote) {
    position++;
    while (position < end) {
      code = bytes[position]!;
      if (code === CODE.quote) return position + 1;
      position += code === CODE.backslash ? 2 : 1;
    }
    return -1;
  }
  if (code === CODE.openBrace || code === CODE.openBracket) return skipContainer(bytes, from, end);
  while (position < end) {
    code = bytes[position]!;
    if (code === CODE.comma || code === CODE.closeBrace || code === CODE.closeBracket || code <= SPACE) break;
    position++;
  }
  return position === from ? -1 : position;
}

function skipContainer(bytes: Uint8Array, from: number, end: number): number {
  let depth = 0;
  let position = from;
  while (position < end) {
    let code = bytes[position++]!;
    if (code === CODE.quote) {
      while (position < end) {
        code = bytes[position]!;
        if (code === CODE.quote) break;
        position += code === CODE.backslash ? 2 : 1;
      }
      position++;
    } else if (code === CODE.openBrace || code === CODE.openBracket) {
      depth++;
    } else if (code === CODE.closeBrace || code === CODE.closeBracket) {
      depth--;
      if (depth === 0) return position;
    }
  }
  return -1;
}

/** The value of a member of the object that starts at `from`. The first of equal keys counts. */
export function findMember(bytes: Uint8Array, from: number, end: number, key: Uint8Array): number {
  let position = from;
  do {
    position++;
    while (position < end && bytes[position]! <= SPACE) position++;
    if (position >= end || bytes[position] !== CODE.quote) return -1;
    position++;
    const keyStart = position;
    let escaped = false;
    while (position < end) {
      const code = bytes[position]!;
      if (code === CODE.quote) break;
      if (code === CODE.backslash) escaped = true;
      position += code === CODE.backslash ? 2 : 1;
    }
    const keyEnd = position;
    position = skipSpace(bytes, position + 1, end);
    if (position >= end || bytes[position] !== CODE.colon) return -1;
    position = skipSpace(bytes, position + 1, end);
    const found = escaped
      ? decodedEquals(bytes, keyStart, keyEnd, key)
      : keyEnd - keyStart === key.length && bytesAt(bytes, keyStart, key);
    if (found) return position < end ? position : -1;
    position = skipValue(bytes, position, end);
    if (position === -1) return -1;
    while (position < end && bytes[position]! <= SPACE) position++;
  } while (position < end && bytes[position] === CODE.comma);
  return -1;
}

/** The value at an index of the array that starts at `from`. */
export function findElement(bytes: Uint8Array, from: number, end: number, index: number): number {
  let position = skipSpace(bytes, from + 1, end);
  if (position < end && bytes[position] === CODE.closeBracket) return -1;
  for (let i = 0; i < index; i++) {
    const after = skipValue(bytes, position, end);
    position = after === -1 ? -1 : nextItem(bytes, after, end);
    if (position === -1) return -1;
  }
  return position < end ? position : -1;
}

/** From the end of an element or member to the start of the next one; -1 if that was the last. */
export function nextItem(bytes: Uint8Array, after: number, end: number): number {
  const comma = skipSpace(bytes, after, end);
  return comma < end && bytes[comma] === CODE.comma ? skipSpace(bytes, comma + 1, end) : -1;
}

function decodedEquals(bytes: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  const decoded = decodeString(bytes, start, end);
  return decoded !== undefined && decoded.length === key.length && decoded.every((code, i) => code === key[i]);
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** The text between two quotes with its escapes resolved, as UTF-8. Undefined if it is no JSON string. */
export function decodeString(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  try {
    const text: unknown = JSON.parse(`"${textOf(bytes, start, end)}"`);
    return typeof text === 'string' ? ENCODER.encode(text) : undefined;
  } catch {
    return undefined;
  }
}

export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return DECODER.decode(bytes.subarray(start, end));
}
