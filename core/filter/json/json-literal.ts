import type { LiteralValue } from '../syntax/ast.ts';
import { utf8 } from '../text/byte-predicate.ts';
import { JSON_KIND, JsonReader } from './json-reader.ts';
import { CODE, decodeString, skipSpace } from './json-scan.ts';
import { numberKey } from './number-key.ts';

/** A constant of a filter, prepared to be compared with JSON text. */
export type JsonLiteral =
  | { readonly type: 'number'; readonly key: number | bigint }
  | { readonly type: 'text'; readonly bytes: Uint8Array }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'list'; readonly items: readonly JsonLiteral[] };

export function jsonLiteral(value: LiteralValue): JsonLiteral {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'string') return { type: 'text', bytes: utf8(value) };
  if (typeof value === 'object') return { type: 'list', items: value.map(jsonLiteral) };
  return { type: 'number', key: numberKey(value) };
}

/** True if the JSON array at `bytes[start..end)` has exactly these items: numbers compare by value, everything else by type and value. */
export function arrayEquals(bytes: Uint8Array, start: number, end: number, items: readonly JsonLiteral[]): boolean {
  const reader = new JsonReader();
  let position = skipSpace(bytes, start + 1, end);
  for (const [index, item] of items.entries()) {
    if (index > 0) {
      if (bytes[position] !== CODE.comma) return false;
      position = skipSpace(bytes, position + 1, end);
    }
    const after = reader.read(bytes, position, end);
    if (after === -1 || !valueEquals(bytes, reader, item)) return false;
    position = skipSpace(bytes, after, end);
  }
  return bytes[position] === CODE.closeBracket;
}

function valueEquals(bytes: Uint8Array, reader: JsonReader, literal: JsonLiteral): boolean {
  switch (literal.type) {
    case 'number':
      return jsonNumberKey(reader) === literal.key;
    case 'boolean':
      return reader.kind === (literal.value ? JSON_KIND.true : JSON_KIND.false);
    case 'list':
      return reader.kind === JSON_KIND.array && arrayEquals(bytes, reader.start, reader.end, literal.items);
    case 'text': {
      const text = jsonText(bytes, reader);
      return (
        text !== undefined && text.length === literal.bytes.length && text.every((code, i) => code === literal.bytes[i])
      );
    }
  }
}

/** The value just read as a key, or undefined if it is no number. */
export function jsonNumberKey(reader: JsonReader): number | bigint | undefined {
  if (reader.kind === JSON_KIND.integer) return reader.number;
  if (reader.kind === JSON_KIND.double) return numberKey(reader.number);
  return reader.kind === JSON_KIND.big ? reader.big : undefined;
}

/** The text just read, escapes resolved, or undefined if it is no string. */
export function jsonText(bytes: Uint8Array, reader: JsonReader): Uint8Array | undefined {
  if (reader.kind === JSON_KIND.string) return bytes.subarray(reader.start, reader.end);
  return reader.kind === JSON_KIND.escaped ? decodeString(bytes, reader.start, reader.end) : undefined;
}
