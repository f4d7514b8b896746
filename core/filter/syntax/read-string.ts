import { filterError } from '../filter-error.ts';

interface StringToken {
  readonly kind: 'string';
  readonly value: string;
  readonly end: number;
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['?', '?'],
]);

/**
 * A string in single or double quotes. Escapes are those of Go and C (`\n`, `\"`, `\x41`, `\101`, `\u00e4`, `\U0001F600`).
 * An unknown escape keeps its backslash, so that `like "50\%"` means what its author wants although Milvus asks for `"50\\%"`.
 */
export function readString(text: string, start: number): StringToken {
  const quote = text[start]!;
  const closing = text.indexOf(quote, start + 1);
  if (closing === -1) throw unterminated(text, start);
  const plain = text.slice(start + 1, closing);
  if (!plain.includes('\\')) return { kind: 'string', value: plain, end: closing + 1 };
  const parts: string[] = [];
  let position = start + 1;
  while (position < text.length) {
    if (text[position] === quote) return { kind: 'string', value: parts.join(''), end: position + 1 };
    if (text[position] === '\\') {
      const character = readEscape(text, position);
      parts.push(character.value);
      position = character.end;
    } else {
      const from = position;
      while (position < text.length && text[position] !== quote && text[position] !== '\\') position++;
      parts.push(text.slice(from, position));
    }
  }
  throw unterminated(text, start);
}

/** `r"…"`: backslashes stay; one before the quote keeps the string open. */
export function readRawString(text: string, start: number): StringToken {
  const quote = text[start + 1]!;
  let position = start + 2;
  while (position < text.length) {
    if (text[position] === quote) return { kind: 'string', value: text.slice(start + 2, position), end: position + 1 };
    position += text[position] === '\\' ? 2 : 1;
  }
  throw unterminated(text, start);
}

function readEscape(text: string, backslash: number): { readonly value: string; readonly end: number } {
  const letter = text[backslash + 1] ?? '';
  const simple = SIMPLE_ESCAPES.get(letter);
  if (simple !== undefined) return { value: simple, end: backslash + 2 };
  const digits = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(
    text.slice(backslash + 1, backslash + 10),
  );
  if (!digits) return { value: text.slice(backslash, backslash + 2), end: backslash + 2 };
  const [all, byte, unit, point, octal] = digits;
  const end = backslash + 1 + all.length;
  const code = octal === undefined ? Number.parseInt((byte ?? unit ?? point)!, 16) : Number.parseInt(octal, 8);
  if (code > 0x10ffff) {
    throw filterError(text, { start: backslash, end }, `\\${all} is no Unicode character`);
  }
  return { value: String.fromCodePoint(code), end };
}

function unterminated(text: string, start: number): Error {
  return filterError(text, { start, end: text.length }, 'the string is not closed');
}
