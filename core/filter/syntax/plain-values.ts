import type { LiteralValue } from './ast.ts';
import { isDigit, isNamePart, skipSpace } from './characters.ts';

/** Up to this many digits a number is an exact double on the way. */
const EXACT_DIGITS = 15;

/**
 * Reads what most long lists consist of, whole numbers and texts without escapes with commas between them, several times faster than token by token:
 * `12, -3, "abc", `. Appends at most `room` values that are followed by a comma, and gives the place where the first thing begins that is something else.
 */
export function readPlainValues(text: string, start: number, values: LiteralValue[], room: number): number {
  let position = start;
  for (let left = room; left > 0; left--) {
    const begin = skipSpace(text, position);
    const code = text.charCodeAt(begin);
    let end: number;
    let value: LiteralValue;
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      end = text.indexOf(text[begin]!, begin + 1) + 1;
      if (end === 0) return begin;
      value = text.slice(begin + 1, end - 1);
      if (value.includes('\\')) return begin;
    } else {
      end = code === MINUS ? begin + 1 : begin;
      const digits = end;
      let number = 0;
      for (let digit = text.charCodeAt(end); isDigit(digit); digit = text.charCodeAt(++end))
        number = number * 10 + digit - ZERO;
      const isPlain =
        end > digits && end - digits <= EXACT_DIGITS && (text.charCodeAt(digits) !== ZERO || end - digits === 1);
      const next = text.charCodeAt(end);
      if (!isPlain || next === DOT || isNamePart(next)) return begin;
      value = BigInt(code === MINUS ? -number : number);
    }
    const comma = skipSpace(text, end);
    if (text.charCodeAt(comma) !== COMMA) return begin;
    values.push(value);
    position = comma + 1;
  }
  return position;
}

const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
