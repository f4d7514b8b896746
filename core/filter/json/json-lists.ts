import type { LiteralValue } from '../syntax/ast.ts';
import { utf8 } from '../text/byte-predicate.ts';
import { JSON_KIND, JsonReader } from './json-reader.ts';
import { CODE, decodeString, nextItem, skipSpace, textOf } from './json-scan.ts';
import { numberKey } from './number-key.ts';

/**
 * Lists that JSON arrays are compared with. Equal means as many elements, in the same order, each of the same type and value; numbers by value alone.
 * Both sides are written in one canonical way and looked up as text.
 */
export class JsonLists {
  /** Different lists. */
  readonly count: number;
  readonly #indexes = new Map<string, number>();
  readonly #depthMax: number;

  constructor(lists: readonly (readonly LiteralValue[])[]) {
    for (const list of lists) {
      const key = literalKey(list);
      if (!this.#indexes.has(key)) this.#indexes.set(key, this.#indexes.size);
    }
    this.count = this.#indexes.size;
    this.#depthMax = lists.reduce((depth, list) => Math.max(depth, depthOf(list)), 0);
  }

  /** Which of the different lists the JSON array at `bytes[start..end)` is, or -1. */
  indexOf(bytes: Uint8Array, start: number, end: number): number {
    if (this.count === 0) return -1;
    const key = arrayKey(bytes, start, end, this.#depthMax);
    return key === undefined ? -1 : (this.#indexes.get(key) ?? -1);
  }
}

function depthOf(value: LiteralValue): number {
  return typeof value === 'object' ? value.reduce<number>((depth, item) => Math.max(depth, depthOf(item)), 0) + 1 : 0;
}

function literalKey(value: LiteralValue): string {
  if (typeof value === 'object') return `[${value.map(literalKey).join()}]`;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? textKey(utf8(value)) : String(numberKey(value));
}

/** Undefined if the array cannot equal a list: it is deeper than `depthMax`, or holds an object or a null, for which there are no constants. */
function arrayKey(bytes: Uint8Array, start: number, end: number, depthMax: number): string | undefined {
  if (depthMax === 0) return undefined;
  const keys: string[] = [];
  const reader = new JsonReader();
  let position = skipSpace(bytes, start + 1, end);
  if (position < end && bytes[position] === CODE.closeBracket) return '[]';
  while (position !== -1) {
    const after = reader.read(bytes, position, end);
    const key = after === -1 ? undefined : elementKey(bytes, reader, depthMax);
    if (key === undefined) return undefined;
    keys.push(key);
    position = nextItem(bytes, after, end);
  }
  return `[${keys.join()}]`;
}

function elementKey(bytes: Uint8Array, reader: JsonReader, depthMax: number): string | undefined {
  switch (reader.kind) {
    case JSON_KIND.true:
      return 'true';
    case JSON_KIND.false:
      return 'false';
    case JSON_KIND.array:
      return arrayKey(bytes, reader.start, reader.end, depthMax - 1);
    case JSON_KIND.string:
      return textKey(bytes.subarray(reader.start, reader.end));
    case JSON_KIND.escaped: {
      const text = decodeString(bytes, reader.start, reader.end);
      return text && textKey(text);
    }
    case JSON_KIND.integer:
    case JSON_KIND.double:
      return String(numberKey(reader.number));
    case JSON_KIND.big:
      return String(reader.big);
    default:
      return undefined;
  }
}

function textKey(bytes: Uint8Array): string {
  return JSON.stringify(textOf(bytes, 0, bytes.length));
}
