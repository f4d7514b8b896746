import { describe, expect, it } from 'vitest';
import { matching, rowsOf, SCHEMA, schemaOf, sourceOf } from './support.ts';

describe('integers', () => {
  const rows = sourceOf(rowsOf('i32', [-5, 0, 1, 5, 2147483647, null, -2147483648, 7, 8, 9]));
  it.each<[string, number[]]>([
    ['i32 == 5', [3]],
    ['i32 != 5', [0, 1, 2, 4, 6, 7, 8, 9]],
    ['not (i32 == 5)', [0, 1, 2, 4, 6, 7, 8, 9]],
    ['i32 > 5', [4, 7, 8, 9]],
    ['i32 >= 5', [3, 4, 7, 8, 9]],
    ['i32 < 0', [0, 6]],
    ['i32 <= 0', [0, 1, 6]],
    ['5 < i32', [4, 7, 8, 9]],
    ['5 == i32', [3]],
    ['0 < i32 <= 7', [2, 3, 7]],
    ['7 >= i32 > 0', [2, 3, 7]],
    ['not (0 < i32 <= 7)', [0, 1, 4, 6, 8, 9]],
    ['i32 in [5, 7, 99]', [3, 7]],
    ['i32 not in [5, 7, 99]', [0, 1, 2, 4, 6, 8, 9]],
    ['i32 in []', []],
    ['i32 not in []', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
    ['i32 == 5.0', [3]],
    ['i32 == 5.5', []],
    ['i32 != 5.5', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
    ['i32 > 5.5', [4, 7, 8, 9]],
    ['i32 < 5.5', [0, 1, 2, 3, 6]],
    ['i32 in [5.0, 7.5]', [3]],
    ['i32 > 9223372036854775807', []],
    ['i32 > -9223372036854775808', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
    ['i32 < 1e300', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
    ['i32 == 0x5', [3]],
    ['i32 is null', [5]],
    ['i32 is not null', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
    ['not (i32 is null)', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));

  it.each(['i8', 'i16', 'i64', 'd', 'f'])('%s compares like the others', (name) => {
    const source = sourceOf(rowsOf(name, [-128, -1, 0, 1, 127, null]));
    expect(matching(`${name} >= 0`, source)).toEqual([2, 3, 4]);
    expect(matching(`-1 <= ${name} < 127`, source)).toEqual([1, 2, 3]);
    expect(matching(`${name} in [-128, 127, 1000]`, source)).toEqual([0, 4]);
    expect(matching(`${name} != 0`, source)).toEqual([0, 1, 3, 4]);
  });

  it('64-bit integers are exact', () => {
    const big = 9007199254740993n; // 2^53 + 1, which no double equals
    const source = sourceOf(rowsOf('i64', [big - 1n, big, big + 1n, -big, 2n ** 63n - 1n, -(2n ** 63n), null, 0n]));
    expect(matching(`i64 == ${big}`, source)).toEqual([1]);
    expect(matching(`i64 > ${big}`, source)).toEqual([2, 4]);
    expect(matching(`i64 <= -${big}`, source)).toEqual([3, 5]);
    expect(matching(`i64 in [${big}, -${big}]`, source)).toEqual([1, 3]);
    expect(matching('i64 == 9223372036854775807', source)).toEqual([4]);
    expect(matching('i64 <= -9223372036854775808', source)).toEqual([5]);
    expect(matching('i64 == 9007199254740992.0', source)).toEqual([0]);
    expect(matching(`${big - 1n} < i64 < ${big + 1n}`, source)).toEqual([1]);
    expect(matching('i64 == -1', sourceOf(rowsOf('i64', [-1n, 4294967295n, 1n])))).toEqual([0]);
  });
});

describe('floats', () => {
  const nan = Number.NaN;
  const rows = sourceOf(rowsOf('d', [0.1, -0, 0, 1e300, nan, Number.POSITIVE_INFINITY, null, 9007199254740992]));
  it.each<[string, number[]]>([
    ['d == 0.1', [0]],
    ['d == 0', [1, 2]],
    ['d == -0.0', [1, 2]],
    ['d < 0.1', [1, 2]],
    ['d <= 0.1', [0, 1, 2]],
    ['d > 0', [0, 3, 5, 7]],
    ['d >= 0.1', [0, 3, 5, 7]],
    ['d in [0.1, 0]', [0, 1, 2]],
    ['d != 0', [0, 3, 4, 5, 7]],
    ['d < 9007199254740993', [0, 1, 2, 7]],
    ['d >= 9007199254740993', [3, 5]],
    ['d == 9007199254740993', []],
    ['d in [9007199254740993]', []],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));

  it('constants take the precision of a Float field', () => {
    const source = sourceOf(rowsOf('f', [0.1, 0.2, 16777216]));
    expect(matching('f == 0.1', source)).toEqual([0]);
    expect(matching('f <= 0.1', source)).toEqual([0]);
    expect(matching('f < 0.2', source)).toEqual([0]);
    expect(matching('f in [0.2, 0.3]', source)).toEqual([1]);
    expect(matching('f == 16777217', source)).toEqual([2]);
  });
});

describe('Bool', () => {
  const rows = sourceOf(rowsOf('b', [true, false, null, true]));
  it.each<[string, number[]]>([
    ['b == true', [0, 3]],
    ['b == false', [1]],
    ['b != true', [1]],
    ['not (b == true)', [1]],
    ['b in [true]', [0, 3]],
    ['b in [true, false]', [0, 1, 3]],
    ['b not in [true]', [1]],
    ['b in []', []],
    ['b < true', [1]],
    ['true == b', [0, 3]],
    ['true', [0, 1, 2, 3]],
    ['not true', []],
    ['1 < 2', [0, 1, 2, 3]],
    ['"a" > "b" or b == true', [0, 3]],
    ['true == false', []],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});

describe('VarChar', () => {
  const rows = sourceOf(rowsOf('s', ['', 'a', 'ab', 'b', 'ä', '日本', '😀', null, 'ab ', 'A']));
  it.each<[string, number[]]>([
    ['s == "ab"', [2]],
    ['s != "ab"', [0, 1, 3, 4, 5, 6, 8, 9]],
    ['s == ""', [0]],
    ['s != ""', [1, 2, 3, 4, 5, 6, 8, 9]],
    ['s > "ab"', [3, 4, 5, 6, 8]],
    ['s >= "ab"', [2, 3, 4, 5, 6, 8]],
    ['s < "a"', [0, 9]],
    ['"a" < s <= "b"', [2, 3, 8]],
    ['s > "日"', [5, 6]],
    ['s in ["a", "😀", "nope", "日本"]', [1, 5, 6]],
    ['s not in ["a", "😀", "nope", "日本"]', [0, 2, 3, 4, 8, 9]],
    ['s in []', []],
    ['s is null', [7]],
    [String.raw`s == "\u00e4"`, [4]],
    [String.raw`s == "\U0001F600"`, [6]],
    [String.raw`s == "\ud83d\ude00"`, [6]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});

describe('two fields', () => {
  const rows = sourceOf([
    { i32: 1, i64: 1n, d: 1.5, s: 'a', t: 'b', b: true },
    { i32: 2, i64: 1n, d: 2, s: 'b', t: 'b', b: false },
    { i32: null, i64: 1n, d: 2, s: null, t: 'b', b: true },
    { i32: 5, i64: 2n ** 53n + 1n, d: 2 ** 53, s: 'ba', t: 'b', b: null },
  ]);
  it.each<[string, number[]]>([
    ['i32 == i64', [0]],
    ['i32 != i64', [1, 3]],
    ['i32 > i64', [1]],
    ['i32 < d', [0, 3]],
    ['i64 > d', [3]],
    ['i64 == d', []],
    ['i64 >= d', [3]],
    ['s == t', [1]],
    ['s < t', [0]],
    ['s >= t', [1, 3]],
    ['s != t', [0, 3]],
    ['b == b', [0, 1, 2]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});

describe('unknown is neither true nor false', () => {
  const rows = sourceOf([
    { i32: null, s: 'a' },
    { i32: 1, s: 'a' },
    { i32: 9, s: null },
  ]);
  it.each<[string, number[]]>([
    ['i32 > 5 or s == "a"', [0, 1, 2]],
    ['not (i32 > 5 or s == "a")', []],
    ['i32 > 5 and s == "a"', []],
    ['not (i32 > 5 and s == "a")', [1]],
    ['not (i32 > 5 and s == "z")', [0, 1]],
    ['not (not (i32 > 5))', [2]],
    ['i32 is null or i32 > 5', [0, 2]],
    ['not (i32 is not null and i32 <= 5)', [0, 2]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});

describe('a field younger than the segment', () => {
  const schema = schemaOf(
    SCHEMA.fields.map((field) => {
      const defaults: Record<string, number | string | boolean> = { i32: 7, s: 'new', b: true, i64: 5, j: '{"a": 1}' };
      return field.name in defaults ? { ...field, defaultValue: defaults[field.name]! } : field;
    }),
    true,
  );
  const absent = ['i32', 's', 'b', 'i64', 'j', 'd', 't', '$meta'];
  const rows = sourceOf(rowsOf('i16', [6, 7, 8]), schema, absent);
  it.each<[string, number[]]>([
    ['i32 == 7', [0, 1, 2]],
    ['i32 != 7', []],
    ['i64 in [5]', [0, 1, 2]],
    ['s == "new" and b == true', [0, 1, 2]],
    ['s like "ne_"', [0, 1, 2]],
    ['j["a"] == 1', [0, 1, 2]],
    ['i16 == i32', [1]],
    ['i16 + i32 > 13', [1, 2]],
    ['s > t', []],
    ['d > 1', []],
    ['not (d > 1)', []],
    ['d is null and t is null', [0, 1, 2]],
    ['i32 is not null', [0, 1, 2]],
    ['color == "red"', []],
    ['color != "red"', [0, 1, 2]],
    ['exists color', []],
    ['color is null', [0, 1, 2]],
  ])('%s', (text, expected) => expect(matching(text, rows, schema)).toEqual(expected));
});

describe('Timestamptz', () => {
  const micros = (iso: string) => BigInt(Date.parse(iso)) * 1000n;
  const rows = sourceOf(rowsOf('at', [micros('2025-01-01T00:00:00Z'), micros('2025-01-02T00:00:00Z') + 1n, null]));
  it.each<[string, number[]]>([
    ["at > ISO '2025-01-01T00:00:00Z'", [1]],
    ["at >= iso '2025-01-01'", [0, 1]],
    ["ISO '2025-01-02 00:00:00.000001' == at", [1]],
    ["at != ISO '2025-01-01T02:00:00+02:00'", [1]],
    ["at + INTERVAL 'P1D' > ISO '2025-01-02T00:00:00Z'", [1]],
    ["at - INTERVAL 'PT1H' < ISO '2025-01-01T00:00:00Z'", [0]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});

it('works at every row count around the byte and block borders', () => {
  for (const rowCount of [0, 1, 7, 8, 9, 4095, 4096, 4097, 8192]) {
    const values = Array.from({ length: rowCount }, (_, row) => row % 3);
    for (const name of ['i32', 'i64', 'f', 'd']) {
      const source = sourceOf(rowsOf(name, values));
      const ones = values.flatMap((value, row) => (value === 1 ? [row] : []));
      expect(matching(`${name} == 1`, source)).toEqual(ones);
      expect(matching(`not (${name} != 1)`, source)).toEqual(ones);
      expect(matching(`${name} in [1]`, source)).toEqual(ones);
      expect(matching(`${name} + 1 == 2`, source)).toEqual(ones);
    }
  }
});
