import type { LiteralValue } from '../syntax/ast.ts';
import { TextSet } from '../text/text-set.ts';
import { JsonLists } from './json-lists.ts';
import { JSON_KIND, JsonReader } from './json-reader.ts';
import { decodeString, nextItem, skipSpace } from './json-scan.ts';
import { numberKey } from './number-key.ts';

/** Constants that are looked for among the elements of JSON arrays, each found by a hash look-up. */
export class JsonElements {
  /** Different constants; numbers that are equal count once. They are numbered: scalars first, then lists. */
  readonly count: number;
  readonly #numbers = new Map<number | bigint, number>();
  readonly #booleans = new Map<boolean, number>();
  readonly #texts: TextSet;
  /** Position of a text in the set to its number among all constants. */
  readonly #textNumbers: readonly number[];
  readonly #lists: JsonLists;
  readonly #scalarCount: number;
  readonly #reader = new JsonReader();

  constructor(values: readonly LiteralValue[]) {
    const texts = new Map<string, number>();
    const lists: (readonly LiteralValue[])[] = [];
    let count = 0;
    for (const value of values) {
      if (typeof value === 'object') lists.push(value);
      else if (typeof value === 'string') count = addOnce(texts, value, count);
      else if (typeof value === 'boolean') count = addOnce(this.#booleans, value, count);
      else count = addOnce(this.#numbers, numberKey(value), count);
    }
    this.#texts = new TextSet([...texts.keys()]);
    this.#textNumbers = [...texts.values()];
    this.#lists = new JsonLists(lists);
    this.#scalarCount = count;
    this.count = count + this.#lists.count;
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
        const text = decodeString(bytes, reader.start, reader.end);
        return text ? this.#textNumber(this.#texts.indexOf(text, 0, text.length)) : -1;
      }
      case JSON_KIND.array: {
        const index = this.#lists.indexOf(bytes, reader.start, reader.end);
        return index === -1 ? -1 : this.#scalarCount + index;
      }
      case JSON_KIND.integer:
      case JSON_KIND.double:
        return this.#numbers.get(numberKey(reader.number)) ?? -1;
      case JSON_KIND.big:
        return this.#numbers.get(reader.big) ?? -1;
      default:
        return -1;
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
