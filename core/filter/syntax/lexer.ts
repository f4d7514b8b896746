import { filterError } from '../filter-error.ts';
import { isDigit, isNameStart, nameEnd, skipSpace } from './characters.ts';
import { readNumber } from './read-number.ts';
import { readRawString, readString } from './read-string.ts';

/** Operators and brackets are their own kind; words that are no keyword are names; 'end' comes after the last token and repeats. */
export type TokenKind =
  | 'integer'
  | 'float'
  | 'string'
  | 'name'
  | 'end'
  | Keyword
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | '='
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '&'
  | '|'
  | '^';

type Keyword = 'and' | 'or' | 'not' | 'in' | 'like' | 'exists' | 'true' | 'false';

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  (['and', 'or', 'not', 'in', 'like', 'exists', 'true', 'false'] as const).map((word) => [word, word]),
);
const KEYWORD_LENGTH_MAX = 6;

/** Stands for the element in a condition over the elements of a struct. */
export const ELEMENT_NAME = '$';

const PUNCTUATION: ReadonlyMap<number, TokenKind> = new Map(
  (['(', ')', '[', ']', '{', '}', ','] as const).map((mark): [number, TokenKind] => [mark.charCodeAt(0), mark]),
);

const OPERATORS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...(['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '**', '&', '|', '^'] as const).map(
    (operator): [string, TokenKind] => [operator, operator],
  ),
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
  ['=', '='],
]);

/** What Milvus' grammar knows and Braid (or Milvus itself, on fields) does not evaluate. */
const UNSUPPORTED_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['~', 'shift and complement are not supported'],
  ['<<', 'shift and complement are not supported'],
  ['>>', 'shift and complement are not supported'],
  ['=~', 'regular expressions are not supported, use like'],
  ['!~', 'regular expressions are not supported, use like'],
]);

/**
 * Reads tokens on demand, one at a time: `kind`, `value`, `start` and `end` describe the current one. No list of tokens is kept, so a list of
 * a million values costs its values only. Keywords are case-insensitive.
 */
export class Lexer {
  readonly text: string;
  kind: TokenKind = 'end';
  /** Value of an integer (bigint), float or string, spelling of a name. */
  value: bigint | number | string = '';
  start = 0;
  end = 0;
  /** End of the token before the current one. */
  previousEnd = 0;

  constructor(text: string) {
    this.text = text;
    this.next();
  }

  /** Goes on with the token at or after a place behind the current one's start. */
  goTo(position: number): void {
    this.end = position;
    this.next();
  }

  next(): void {
    this.previousEnd = this.end;
    const start = skipSpace(this.text, this.end);
    this.start = start;
    const code = this.text.charCodeAt(start);
    if (Number.isNaN(code)) {
      this.kind = 'end';
      this.end = start;
    } else if (isDigit(code) || (code === DOT && isDigit(this.text.charCodeAt(start + 1)))) {
      this.#take(readNumber(this.text, start));
    } else if (code === SINGLE_QUOTE || code === DOUBLE_QUOTE) {
      this.#take(readString(this.text, start));
    } else if (isNameStart(code)) {
      this.#word(start, code);
    } else if (code === DOLLAR) {
      this.#dollar(start);
    } else {
      this.#operator(start);
    }
  }

  #take(token: { readonly kind: TokenKind; readonly value: bigint | number | string; readonly end: number }): void {
    this.kind = token.kind;
    this.value = token.value;
    this.end = token.end;
  }

  #word(start: number, code: number): void {
    const quote = this.text.charCodeAt(start + 1);
    if ((code === LOWER_R || code === UPPER_R) && (quote === SINGLE_QUOTE || quote === DOUBLE_QUOTE)) {
      this.#take(readRawString(this.text, start));
      return;
    }
    const end = nameEnd(this.text, start + 1);
    const word = this.text.slice(start, end);
    const keyword = word.length <= KEYWORD_LENGTH_MAX ? KEYWORDS.get(word.toLowerCase()) : undefined;
    this.#take({ kind: keyword ?? 'name', value: word, end });
  }

  /** `$meta` and `$` (of `$[x]`, an element's sub-field) are the only names that start with a dollar. */
  #dollar(start: number): void {
    const end = nameEnd(this.text, start + 1);
    const word = this.text.slice(start, end);
    if (word === '$meta' || word === ELEMENT_NAME) {
      this.#take({ kind: 'name', value: word, end });
      return;
    }
    throw filterError(this.text, { start, end }, `${word} is not supported, only $meta and $[…] are`, 'notSupported');
  }

  #operator(start: number): void {
    const punctuation = PUNCTUATION.get(this.text.charCodeAt(start));
    if (punctuation) {
      this.kind = punctuation;
      this.end = start + 1;
      return;
    }
    for (const length of [2, 1]) {
      const spelling = this.text.slice(start, start + length);
      const end = start + spelling.length;
      const unsupported = UNSUPPORTED_OPERATORS.get(spelling);
      if (unsupported) throw filterError(this.text, { start, end }, `${unsupported}: ${spelling}`, 'notSupported');
      const kind = OPERATORS.get(spelling);
      if (kind) {
        this.#take({ kind, value: spelling, end });
        return;
      }
    }
    const character = String.fromCodePoint(this.text.codePointAt(start)!);
    throw filterError(this.text, { start, end: start + 1 }, `unexpected character ${JSON.stringify(character)}`);
  }
}

const DOUBLE_QUOTE = 0x22;
const DOLLAR = 0x24;
const SINGLE_QUOTE = 0x27;
const DOT = 0x2e;
const UPPER_R = 0x52;
const LOWER_R = 0x72;
