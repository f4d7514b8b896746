import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortFloat } from '../../../../../core/rows/float32.ts';
import { int64Value, stringifyExactly } from '../../../../../core/rows/int64.ts';
import { mayHoldBigInteger, parseJson } from '../../../../../core/rows/parse-json.ts';
import { vectorNumbers, vectorsToColumn } from '../../../../../core/rows/vector-value.ts';
import { DataType } from '../../../../../core/schema/data-type.ts';
import { field } from '../../fake-operations.ts';

test('a short float is the same float32, in at most 9 digits', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true }), (value) => {
      const short = shortFloat(value);
      expect(Math.fround(short) === value).toBe(true);
      if (Number.isFinite(short)) expect(short).toBe(Number(short.toPrecision(9)));
    }),
    { numRuns: 5_000 },
  );
  expect(shortFloat(Math.fround(0.1))).toBe(0.1);
  expect(shortFloat(Math.fround(1.234567))).toBe(1.234567);
});

test('a short float is the shortest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100_000, max: 999_999 }), fc.integer({ min: -20, max: 20 }), (digits, exponent) => {
      const short = Number(`${digits}e${exponent}`);
      expect(shortFloat(Math.fround(short))).toBe(short);
    }),
    { numRuns: 5_000 },
  );
});

test('JSON of integers of any size survives', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.bigInt({ min: -(1n << 80n), max: 1n << 80n }), (value, integer) => {
      const text = `[${integer},{"a":[${integer}]},${JSON.stringify(value)}]`;
      expect(stringifyExactly(parseJson(text))).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['12345678901234567890', true],
  ['-12345678901234567', true],
  ['[ 1234567890123456]', true],
  ['{"a":\n12345678901234567}', true],
  ['[0.12345678901234567,1e300]', false],
  ['{"id":123456789012345}', false],
])('only texts with large integers are parsed slowly: %s', (text, expected) => {
  expect(mayHoldBigInteger(text)).toBe(expected);
});

test('numbers that are no integers, or small ones, stay numbers', () => {
  expect(parseJson('[12345678901234567890, 1e30, 12345678901234568.5, 7]')).toEqual([
    12345678901234567890n,
    1e30,
    12345678901234568,
    7,
  ]);
  expect(int64Value(7n, 'number')).toBe(7);
  expect(JSON.stringify([int64Value(1n << 62n, 'number'), int64Value(1n << 62n, 'text')])).toBe(
    '[4611686018427387904,"4611686018427387904"]',
  );
});

test('BFloat16 rounds to the nearest, ties to even', () => {
  const of = field(1, 'x', DataType.BFloat16Vector, { dimension: 6 });
  const steps = 2 ** -7;
  const given = [1 + steps * 0.49, 1 + steps * 0.5, 1 + steps * 1.5, 1 + steps * 0.51, -(1 + steps * 0.51), 3.4e38];
  const column = vectorsToColumn(of, [given]);
  expect(vectorNumbers(column, 0).map(Math.fround)).toEqual(
    [1, 1, 1 + steps * 2, 1 + steps, -(1 + steps), Infinity].map(Math.fround),
  );
});
