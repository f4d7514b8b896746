import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseWithBigints, stringifyWithBigints } from '../../core/bigint-json.ts';

test('any value with bigints comes back as it was', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('$', '$$', '$bigint', '$$bigint', '__proto__', 'constructor'));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  fc.assert(
    fc.property(value, (original) => {
      // Not with toStrictEqual: it asks for the member `constructor`.
      assert.deepStrictEqual(parseWithBigints(stringifyWithBigints(original)), original);
    }),
    { numRuns: 2_000 },
  );
});

test('a bigint is written so that others can read it', () => {
  expect(stringifyWithBigints({ at: 2n ** 64n - 1n, $x: 1 })).toBe('{"at":{"$bigint":"18446744073709551615"},"$$x":1}');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%s is refused, not lost', (number) => {
  expect(() => stringifyWithBigints({ deep: [number] })).toThrow('cannot be stored');
});

test.each([
  '',
  '{',
  '{"a":1}}',
  '{"$bigint":5}',
  '{"$bigint":""}',
  '{"$bigint":"0x10"}',
  '{"$bigint":"1.5"}',
  `{"$bigint":"${'9'.repeat(100)}"}`,
  '{"$bigint":"5","more":1}',
  '{"$other":"5"}',
])('damaged text is refused: %s', (text) => {
  expect(() => parseWithBigints(text)).toThrow();
});
