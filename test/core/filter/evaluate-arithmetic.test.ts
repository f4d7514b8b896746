import { describe, expect, it } from 'vitest';
import { matching, rowsOf, sourceOf } from './support.ts';

const MAX = 2n ** 63n - 1n;

describe('arithmetic', () => {
  const rows = sourceOf([
    { i32: 7, i64: 10n, d: 0.5, j: '{"a": 3, "b": 2.5, "c": "x"}' },
    { i32: -7, i64: 0n, d: -2, j: '{"a": 9007199254740993}' },
    { i32: null, i64: MAX, d: 4, j: '{}' },
    { i32: 3, i64: -MAX, d: null, j: null },
  ]);
  it.each<[string, number[]]>([
    ['i32 + 1 == 8', [0]],
    ['1 + i32 == 8', [0]],
    ['i32 - 1 < 0', [1]],
    ['10 - i32 == 3', [0]],
    ['i32 * 2 >= 6', [0, 3]],
    ['i32 / 2 == 3', [0]],
    ['i32 / 2 == -3', [1]],
    ['i32 / 2.0 == 3.5', [0]],
    ['i32 % 3 == 1', [0]],
    ['i32 % 3 == -1', [1]],
    ['i32 % 3 != 1', [1, 3]],
    ['i32 ** 2 == 49', [0, 1]],
    ['-i32 == 7', [1]],
    ['d * 2 == 1', [0]],
    ['d * 2 != 1', [1, 2]],
    ['i32 + d == 7.5', [0]],
    ['i64 + i32 == 17', [0]],
    ['2 + 3 * 2 == 8', [0, 1, 2, 3]],
    ['7 / 2 == 3 and -7 / 2 == -3 and -7 % 3 == -1', [0, 1, 2, 3]],
    ['2 ** 3 == 8', [0, 1, 2, 3]],
    ['i32 > 2 + 4', [0]],
    ['4 < i32 + 1 <= 8', [0]],
    ['not (4 < i32 + 1 <= 8)', [1, 3]],
    ['i32 == {x} + 4', [0]],
  ])('%s', (text, expected) => expect(matching(text, rows, undefined, { x: 3n })).toEqual(expected));

  it('64-bit integers are exact and wrap around', () => {
    expect(matching(`i64 - 1 == ${MAX - 1n}`, rows)).toEqual([2]);
    expect(matching(`i64 + 1 == ${-MAX - 1n}`, rows)).toEqual([2]);
    expect(matching(`i64 - 2 == ${MAX}`, rows)).toEqual([3]);
    expect(matching(`i64 * 2 == -2`, rows)).toEqual([2]);
    expect(matching(`i64 % 1000 == ${MAX % 1000n}`, rows)).toEqual([2]);
    expect(matching(`i64 / 2 == ${MAX / 2n}`, rows)).toEqual([2]);
    const largest = sourceOf(rowsOf('i64', [2n ** 53n - 1n, 2n ** 53n - 2n]));
    expect(matching('i64 / 2 == 4503599627370495', largest)).toEqual([0, 1]);
    expect(matching('i64 * 3 == 27021597764222973', largest)).toEqual([0]);
    const lowest = sourceOf(rowsOf('i64', [-(2n ** 63n)]));
    expect(matching('i64 / -1 == -9223372036854775808', lowest)).toEqual([0]);
    expect(matching('-i64 == -9223372036854775808', lowest)).toEqual([0]);
  });

  it('division by zero is unknown for integers and IEEE for doubles', () => {
    expect(matching('i32 / i64 == 0', rows)).toEqual([0, 3]);
    expect(matching('i32 / i64 != 0', rows)).toEqual([]);
    expect(matching('not (i32 % i64 == 99)', rows)).toEqual([0, 3]);
    expect(matching('1 / (i32 - 7) > 5 or true', rows)).toEqual([0, 1, 2, 3]);
    expect(matching('not (1 / (i32 - 7) > 5)', rows)).toEqual([1, 3]);
    expect(matching('1 / (d - 0.5) > 1e300', rows)).toEqual([0]);
    expect(matching('1.0 / ((i32 - 7) / -1) > 1e300', rows)).toEqual([0]);
    expect(matching('1.0 / ((i32 - 7) * -1) > 1e300', rows)).toEqual([0]);
    expect(matching('1.0 / ((i32 - 1) % 2) < -1e300', rows)).toEqual([]);
    expect(matching('0.0 / (d - 0.5) != 1', rows)).toEqual([0, 1, 2]);
  });

  it('JSON numbers are integers or doubles row by row; other values compare as not equal', () => {
    expect(matching('j["a"] + 1 == 4', rows)).toEqual([0]);
    expect(matching('j["a"] + 1 != 4', rows)).toEqual([1, 2]);
    expect(matching('j["a"] + 0 == 9007199254740993', rows)).toEqual([1]);
    expect(matching('j["a"] / 2 == 1', rows)).toEqual([0]);
    expect(matching('j["b"] / 2 == 1.25', rows)).toEqual([0]);
    expect(matching('j["c"] + 1 > 0', rows)).toEqual([]);
    expect(matching('not (j["c"] + 1 > 0)', rows)).toEqual([0, 1, 2]);
    expect(matching('j["a"] - i32 == -4', rows)).toEqual([0]);
    expect(matching('j["a"] % 2 == 1', rows)).toEqual([0, 1]);
  });

  it('blocks that need exact arithmetic and blocks that do not agree', () => {
    const values = Array.from({ length: 9000 }, (_, row) => (row === 5000 ? MAX : BigInt(row)));
    const source = sourceOf(rowsOf('i64', values));
    expect(matching('i64 % 1000 == 1', source)).toEqual(
      values.flatMap((value, row) => (value % 1000n === 1n ? [row] : [])),
    );
  });
});

describe('bit operations', () => {
  const rows = sourceOf([
    { i32: 6, i64: 2n ** 62n + 1n, j: '{"k": 5}' },
    { i32: -1, i64: -1n, j: '{"k": 5.5}' },
    { i32: null, i64: null, j: null },
  ]);
  it.each<[string, number[]]>([
    ['(i32 & 2) == 2', [0, 1]],
    ['(i32 & 1) == 0', [0]],
    ['(i32 | 1) == 7', [0]],
    ['(i32 ^ 3) == 5', [0]],
    ['(i64 & 4611686018427387904) > 0', [0, 1]],
    ['(i64 ^ i64) == 0', [0, 1]],
    ['(j["k"] & 4) == 4', [0]],
    ['not ((j["k"] & 4) == 4)', [1]],
    ['i32 == (7 & 6 | 16 ^ 16)', [0]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});
