import { filterError } from '../filter-error.ts';
import { isDigit, isNamePart, nameEnd } from './characters.ts';

interface NumberToken {
  readonly kind: 'integer' | 'float';
  readonly value: bigint | number;
  readonly end: number;
}

/** No double needs more; the time to convert digits grows faster than their number. */
const SPELLING_MAX = 1_100;
/** Up to this many digits an integer is built without going through text. */
const EXACT_DIGITS = 15;

/**
 * A number that starts at `start`: `12`, `0x1F`, `017` (octal, as in Milvus), `0b101`, `1.5`, `.5`, `1.`, `1e-3`.
 * Integers are bigint of any size (the checker limits them to 64 bits, because `-9223372036854775808` is read as minus and a number);
 * a float too large for a double is an error.
 */
export function readNumber(text: string, start: number): NumberToken {
  let end = start;
  let value = 0;
  while (isDigit(text.charCodeAt(end))) {
    value = value * 10 + (text.charCodeAt(end) - 0x30);
    end++;
  }
  const next = text.charCodeAt(end);
  const startsWithZero = text.charCodeAt(start) === 0x30 && end - start > 1;
  if (next !== DOT && !startsWithZero && !isNamePart(next) && end - start <= EXACT_DIGITS) {
    return { kind: 'integer', value: BigInt(value), end };
  }
  return readUnusualNumber(text, start, end);
}

function readUnusualNumber(text: string, start: number, digitsEnd: number): NumberToken {
  const end = numberEnd(text, start, digitsEnd);
  const spelling = text.slice(start, end);
  if (spelling.length > SPELLING_MAX) {
    throw filterError(text, { start, end }, `number ${shorten(spelling)} is longer than ${SPELLING_MAX} characters`);
  }
  if (/^(\d+|0[xX][0-9a-fA-F]+|0[bB][01]+)$/.test(spelling)) {
    if (!/^0\d/.test(spelling)) return { kind: 'integer', value: BigInt(spelling), end };
    if (/^0[0-7]+$/.test(spelling)) return { kind: 'integer', value: BigInt(`0o${spelling.slice(1)}`), end };
  } else if (/^(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?$/.test(spelling)) {
    const value = Number(spelling);
    if (Number.isFinite(value)) return { kind: 'float', value, end };
    throw filterError(text, { start, end }, `number ${shorten(spelling)} is out of range of a double`);
  }
  throw filterError(text, { start, end }, `invalid number ${shorten(spelling)}`);
}

/** Takes everything that looks like a part of the number, so that `12abc` and `1.2.3` are one wrong number and not two tokens. */
function numberEnd(text: string, start: number, digitsEnd: number): number {
  let end = digitsEnd;
  for (;;) {
    end = nameEnd(text, end);
    const code = text.charCodeAt(end);
    const isExponentSign =
      (code === PLUS || code === MINUS) && /[eE]/.test(text[end - 1]!) && !/^0[xX]/.test(text.slice(start, start + 2));
    if (code !== DOT && !isExponentSign) return end;
    end++;
  }
}

function shorten(spelling: string): string {
  return spelling.length > 40 ? `${spelling.slice(0, 40)}…` : spelling;
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
