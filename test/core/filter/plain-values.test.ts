import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseFilter } from '../../../core/filter/syntax/parse-filter.ts';
import { readPlainValues } from '../../../core/filter/syntax/plain-values.ts';

it.each<[string, unknown[], string]>([
  ['1, -2,3 ,\n"a", \'b\' , 4]', [1n, -2n, 3n, 'a', 'b'], ' 4]'],
  ['0,-0,', [0n, 0n], ''],
  ['1.5, 2', [], '1.5, 2'],
  ['1, 2.5, 3,', [1n], '2.5, 3,'],
  ['1, 1e3, 3,', [1n], '1e3, 3,'],
  ['017, 1,', [], '017, 1,'],
  ['999999999999999, 9999999999999999, 1,', [999999999999999n], '9999999999999999, 1,'],
  ['"a\\"b", 1,', [], '"a\\"b", 1,'],
  ['"open, 1', [], '"open, 1'],
  ['true, 1,', [], 'true, 1,'],
  ['--1, 1,', [], '--1, 1,'],
  ['- 1, 1,', [], '- 1, 1,'],
  ['1 2, 3', [], '1 2, 3'],
  ['', [], ''],
])('%j', (text, expected, rest) => {
  const values: never[] = [];
  const end = readPlainValues(text, 0, values, 100);
  expect(values).toEqual(expected);
  expect(text.slice(end).trimStart()).toBe(rest.trimStart());
});

it('stops when there is no more room', () => {
  const values: never[] = [];
  expect(readPlainValues('1,2,3,', 0, values, 2)).toBe(4);
  expect(values).toEqual([1n, 2n]);
});

it('a list reads the same whatever stands in it', () => {
  const value = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((number) => [String(number), number] as const),
    fc.integer().map((number) => [` ${number}`, BigInt(number)] as const),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((number) => !Number.isInteger(number))
      .map((number) => [String(number), number] as const),
    fc.string().map((text) => [JSON.stringify(text), text] as const),
    fc.constantFrom(
      ['true', true] as const,
      ['[1, [2]]', [1n, [2n]]] as const,
      ['017', 15n] as const,
      ['- 3', -3n] as const,
    ),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), fc.boolean(), (items, comma) => {
      const text = `a in [${items.map(([spelling]) => spelling).join(',')}${comma ? ',' : ''}]`;
      expect(parseFilter(text), text).toMatchObject({ list: { value: items.map(([, expected]) => expected) } });
    }),
    { numRuns: 500 },
  );
});
