import type { LiteralValue } from '../syntax/ast.ts';
import { TextSet } from '../text/text-set.ts';
import { arrayEquals, type JsonLiteral, jsonLiteral, jsonNumberKey, jsonText } from './json-literal.ts';
import { JSON_KIND, JsonReader } from './json-reader.ts';
import { nextItem, skipSpace } from './json-scan.ts';

/** Constants that are looked for among the elements of JSON arrays. Finding one costs a hash look-up, but for lists, which are tried in turn. */
export class JsonElements {
  /** Different constants; numbers that are equal count once. */
  readonly count: number;
  readonly #numbers = new Map<number | bigint, number>();
  readonly #texts: TextSet;
  /** Position of a text in the set to its number among all constants. */
  readonly #textNumbers: readonly number[];
  readonly #booleans = new Map<boolean, number>();
  readonly #lists: { readonly items: readonly JsonLiteral[]; readonly number: number }[] = [];
  readonly #reader = new JsonReader();

  constructor(values: readonly LiteralValue[]) {
    const texts = new Map<string, number>();
    let count = 0;
    for (const value of values) {
      const literal = jsonLiteral(value);
      if (literal.type === 'list') this.#lists.push({ items: literal.items, number: count++ });
      else if (typeof value === 'string') count = addOnce(texts, value, count);
      else if (literal.type === 'boolean') count = addOnce(this.#booleans, literal.value, count);
      else if (literal.type === 'number') count = addOnce(this.#numbers, literal.key, count);
    }
    this.count = count;
    this.#texts = new TextSet([...texts.keys()]);
    this.#textNumbers = [...texts.values()];
  }

  /** True if an element of the array at `bytes[start..end)` is one of the constants. */
  containsAny(bytes: Uint8Array, start: number, end: number): boolean {
    let position = skipSpace(bytes, start + 1, end);
    while (position !== -1) {
      const after = this.#reader.read(bytes, position, end);
      if (after === -1) return false;
      if (this.#find(bytes) !== -1) return true;
      position = nextItem(bytes, after, end);
    }
    return false;
  }

  /** True if every constant is an element of the array. `seen` has room for `count` numbers; `stamp` is new in every call. */
  containsAll(bytes: Uint8Array, start: number, end: number, seen: Uint32Array, stamp: number): boolean {
    let left = this.count;
    let position = skipSpace(bytes, start + 1, end);
    while (position !== -1) {
      const after = this.#reader.read(bytes, position, end);
      if (after === -1) return false;
      const number = this.#find(bytes);
      if (number !== -1 && seen[number] !== stamp) {
        seen[number] = stamp;
        left--;
        if (left === 0) return true;
      }
      position = nextItem(bytes, after, end);
    }
    return false;
  }

  /** Number of the constant that equals the element just read, or -1. */
  #find(bytes: Uint8Array): number {
    const reader = this.#reader;
    switch (reader.kind) {
      case JSON_KIND.true:
      case JSON_KIND.false:
        return this.#booleans.get(reader.kind === JSON_KIND.true) ?? -1;
      case JSON_KIND.string:
        return this.#textNumber(this.#texts.indexOf(bytes, reader.start, reader.end));
      case JSON_KIND.escaped: {
        const text = jsonText(bytes, reader);
        return text ? this.#textNumber(this.#texts.indexOf(text, 0, text.length)) : -1;
      }
      case JSON_KIND.array:
        return this.#lists.find(({ items }) => arrayEquals(bytes, reader.start, reader.end, items))?.number ?? -1;
      default: {
        const key = jsonNumberKey(reader);
        return key === undefined ? -1 : (this.#numbers.get(key) ?? -1);
      }
    }
  }

  #textNumber(index: number): number {
    return index === -1 ? -1 : this.#textNumbers[index]!;
  }
}

function addOnce<Key>(numbers: Map<Key, number>, key: Key, count: number): number {
  if (numbers.has(key)) return count;
  numbers.set(key, count);
  return count + 1;
}
