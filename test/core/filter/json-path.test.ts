import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonArrayLength } from '../../../core/filter/json/json-array-length.ts';
import { JsonPath } from '../../../core/filter/json/json-path.ts';
import { JSON_KIND, JsonReader } from '../../../core/filter/json/json-reader.ts';
import { decodeString } from '../../../core/filter/json/json-scan.ts';

/** Text before and after the value must never be read. */
function padded(text: string): { bytes: Uint8Array; start: number; end: number } {
  const bytes = Buffer.from(`[{"a":"${text}"k":1}]`);
  const start = Buffer.byteLength('[{"a":"');
  return { bytes, start, end: start + Buffer.byteLength(text) };
}

function read(text: string, path: readonly (string | number)[]): unknown {
  const { bytes, start, end } = padded(text);
  const position = new JsonPath(path).find(bytes, start, end);
  if (position === -1) return undefined;
  const reader = new JsonReader();
  reader.read(bytes, position, end);
  switch (reader.kind) {
    case JSON_KIND.missing:
      return undefined;
    case JSON_KIND.null:
      return null;
    case JSON_KIND.true:
      return true;
    case JSON_KIND.false:
      return false;
    case JSON_KIND.integer:
    case JSON_KIND.double:
      return reader.number;
    case JSON_KIND.big:
      return reader.big;
    case JSON_KIND.string:
      return Buffer.from(bytes.subarray(reader.start, reader.end)).toString();
    case JSON_KIND.escaped:
      return Buffer.from(decodeString(bytes, reader.start, reader.end)!).toString();
    default:
      return JSON.parse(Buffer.from(bytes.subarray(reader.start, reader.end)).toString());
  }
}

/** JSON with random space between its tokens, so that the text is not only what JSON.stringify writes. */
function spaced(value: unknown, space: string): string {
  if (Array.isArray(value))
    return `[${space}${value.map((item) => spaced(item, space)).join(`${space},${space}`)}${space}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => `${JSON.stringify(key)}${space}:${space}${spaced(item, space)}`,
    );
    return `{${space}${members.join(`${space},${space}`)}${space}}`;
  }
  return JSON.stringify(value);
}

/** Every path of a value, with the value there. */
function paths(value: unknown, prefix: readonly (string | number)[] = []): [readonly (string | number)[], unknown][] {
  const here: [readonly (string | number)[], unknown][] = [[prefix, value]];
  if (typeof value !== 'object' || value === null) return here;
  return [
    ...here,
    ...Object.entries(value).flatMap(([key, item]) =>
      paths(item, [...prefix, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

describe('paths into JSON text', () => {
  it('find what JSON.parse finds', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
        fc.constantFrom('', ' ', '\n\t '),
        (any, space) => {
          const text = `${space}${spaced(any, space)}${space}`;
          const parsed: unknown = JSON.parse(text);
          for (const [path, expected] of paths(parsed)) {
            const found = read(text, path);
            expect(typeof found === 'bigint' ? Number(found) : found, `${text} at ${JSON.stringify(path)}`).toEqual(
              expected,
            );
          }
          expect(read(text, ['no such key'])).toBeUndefined();
          expect(read(text, [99])).toBeUndefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('read numbers as JSON.parse does, and long integers exactly', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const isInteger = /^-?\d{1,19}$/.test(text);
        const big = isInteger ? BigInt(text) : 0n;
        const expected = isInteger && !Number.isSafeInteger(Number(big)) ? big : Number(text);
        expect(read(`{"k":${text}}`, ['k'])).toBe(expected === 0 ? Number(text) : expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('count the elements of arrays', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }),
        fc.constantFrom('', ' '),
        (items, space) => {
          const { bytes, start, end } = padded(spaced(items, space));
          expect(jsonArrayLength(bytes, start, end)).toBe(items.length);
        },
      ),
    );
  });

  it('never crash or leave the text, whatever it is', () => {
    const junk = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'k', '1', '-', '.', 'e', 't', ' ', 'ä'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(junk, fc.constantFrom(['k'], [0], ['k', 0], []), (text, path) => {
        const { bytes, start, end } = padded(text);
        const position = new JsonPath(path).find(bytes, start, end);
        expect(position === -1 || (position >= start && position < end)).toBe(true);
        const reader = new JsonReader();
        const after = reader.read(bytes, start, end);
        expect(after).toBeLessThanOrEqual(end);
        jsonArrayLength(bytes, start, end);
      }),
      { numRuns: 3_000 },
    );
  });
});
