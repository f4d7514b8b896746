import { describe, expect, it } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import type { TemplateValue } from '../../../core/filter/filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { field, matching, rowsOf, SCHEMA, schemaOf, sourceOf } from './support.ts';

const STRICT = schemaOf(SCHEMA.fields.filter((candidate) => !candidate.isDynamic));

function errorOf(text: string, schema = STRICT, templates?: Record<string, TemplateValue>): BraidError {
  try {
    compileFilter(text, schema, templates && new Map(Object.entries(templates)));
  } catch (error) {
    if (error instanceof BraidError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('names', () => {
  it('that are no field are errors with the nearest field', () => {
    expect(errorOf('i23 > 5').message).toBe(
      'failed to create query plan: cannot parse expression: i23 > 5, error: field i23 not exist, did you mean i32?, at position 1\n' +
        '    i23 > 5\n    ^^^',
    );
    const schema = schemaOf([field('size', DataType.Int64), field('colour', DataType.VarChar)]);
    expect(errorOf('1 == 1 and sise > 5', schema).message).toContain('field sise not exist, did you mean size?');
    expect(errorOf('Size > 5', schema).message).toContain('did you mean size?');
    expect(errorOf('color == "x"', schema).message).toContain('did you mean colour?');
    expect(errorOf('zzz == "x"', schema).message).toContain('field zzz not exist, scalar fields are size, colour,');
    expect(errorOf('$meta["k"] == 1', schema).message).toContain('field $meta not exist');
  });

  it('are keys of the dynamic field if there is one', () => {
    const filter = compileFilter('sise > 5 and s == "a" and i32 + sise > 1', SCHEMA);
    const ids = ['i32', 's', '$meta'].map((name) => SCHEMA.fields.find((candidate) => candidate.name === name)!.id);
    expect([...filter.fieldIds].sort()).toEqual(ids);
  });

  it('null is no value', () => {
    expect(errorOf('i32 == null', SCHEMA).message).toContain(
      'null is no value to compare with, use "is null" or "is not null"',
    );
  });
});

describe('types', () => {
  it.each([
    ['s > 5', 'comparisons between field s of type VarChar and 5 of type Int64 are not supported'],
    ['5.5 == s', 'comparisons between field s of type VarChar and 5.5 of type Double are not supported'],
    ['i32 == "5"', 'comparisons between field i32 of type Int32 and "5" of type VarChar are not supported'],
    ['i32 == true', 'comparisons between field i32 of type Int32 and true of type Bool'],
    ['b == 1', 'comparisons between field b of type Bool and 1 of type Int64'],
    ['i32 == [1]', 'comparisons between field i32 of type Int32 and a list of 1 values of type Array'],
    ['1 < i32 < "a"', 'the bounds of a range must be two numbers or two strings, but are Int64 and VarChar'],
    ['"a" < i32 < "b"', 'comparisons between field i32 of type Int32 and "a" of type VarChar'],
    ['3 < i32 < 1', 'invalid range: lowerbound is greater than upperbound, nothing is between 3 and 1'],
    ['1 < i32 < 1', 'invalid range: lowerbound is greater than upperbound'],
    ['"b" <= s <= "a"', 'invalid range: lowerbound is greater than upperbound'],
    ['i8 < i32 < 5', 'lowerbound cannot be a non-const expression'],
    ['5 < i32 < i8', 'upperbound cannot be a non-const expression'],
    ['1 < 2 < 3', 'the middle of a range must be a field'],
    ['false < b < true', 'invalid range operations on boolean expr'],
    ['s == i32', 'comparisons between field s of type VarChar and field i32 of type Int32 are not supported'],
    ['b == i32', 'comparisons between field b of type Bool and field i32 of type Int32'],
    ['j["a"] == i32', 'two column comparison with JSON type is not supported'],
    ['j["a"] == j["b"]', 'two column comparison with JSON type is not supported'],
    ['j["a"] < [1]', 'a list can be compared with == and != only, not with <'],
    ['"a" == 1', 'comparisons between VarChar and Int64 are not supported'],
    ['i32 in [1, "a"]', 'value "a" in list cannot be casted to the type of field i32 of type Int32'],
    ['s in [1]', 'value 1 in list cannot be casted to the type of field s of type VarChar'],
    ['s == "a" or s == 1', 'comparisons between field s of type VarChar and 1 of type Int64'],
    ['i32 in 5', "the right-hand side of 'in' must be a list"],
    ['i32 in s', "the right-hand side of 'in' must be a list"],
    ['5 in [5]', "'in' can only be used on a field, but got a constant"],
    ['i32 + 1 in [5]', "'in' can only be used on a single field or JSON key"],
    ['s + 1 == 5', 'cannot perform arithmetic with field s of type VarChar'],
    ['b + 1 == 5', 'cannot perform arithmetic with field b of type Bool'],
    ['i32 + "a" == 5', 'cannot perform arithmetic with a constant of type VarChar'],
    ['i32 + 1 == "a"', 'comparisons between a number and VarChar are not supported'],
    ['i32 / 0 == 1', 'division or modulus by zero'],
    ['i32 % 0 == 1', 'division or modulus by zero'],
    ['d / 0.0 == 1', 'division or modulus by zero'],
    ['1 / 0 == 1', 'division or modulus by zero'],
    ['d % 2 == 1', 'modulo can only apply on integer types'],
    ['i32 % 2.5 == 1', 'modulo can only apply on integer types'],
    ['10.0 ** 400 == d', 'the constant expression is out of range of a double'],
    ['i64 == 9223372036854775808', 'integer 9223372036854775808 is out of range of 64 bits'],
    ['i64 in [1, -9223372036854775809]', 'integer -9223372036854775809 is out of range of 64 bits'],
    ['i32 like "a%"', 'like operation on non-string or no-json field is unsupported, got field i32 of type Int32'],
    ['s like 5', "the right-hand side of 'like' must be a string"],
    ['s like t', "the right-hand side of 'like' must be a string"],
    [`s like "%${'x'.repeat(2000)}%"`, 'the text between two % is longer than 1024 bytes (likeSearchBytesMax)'],
    ['exists i32', 'exists operations are only supported on json field, got field i32 of type Int32'],
    ['exists j', 'exists operations are only supported on json key'],
    [
      'json_contains(i32, 1)',
      'json_contains operation are only supported on json or array fields now, got field i32 of type Int32',
    ],
    ['json_contains(j["a"], i32)', 'the second argument of json_contains must be a constant'],
    ['json_contains_all(j["a"], 1)', 'json_contains_all operation element must be an array'],
    [
      'array_length(s) > 1',
      'array_length operation are only supported on json or array fields now, got field s of type VarChar',
    ],
    ['i32["a"] == 1', 'Int32 data type not supported accessed with []'],
    ['s["a"] is null', 'VarChar data type not supported accessed with []'],
    ['ints == 1', 'can not comparisons array fields directly, field ints of type Array'],
    ['ints > [1]', 'can not comparisons array fields directly'],
    ['ints == ints', 'can not comparisons array fields directly'],
    ['ints + 1 == 2', 'can not comparisons array fields directly'],
    ['ints == ["a"]', "can't compare between array element type: Int64 and VarChar"],
    ['ints in [[1]]', "'in' takes an element of an array, such as ints[0]"],
    ['ints["a"] == 1', 'can only access array field with integer index'],
    ['ints[0][1] == 1', 'elements of field ints of type Array have no elements'],
    ['ints[0] == "a"', 'comparisons between field ints[0] of type Int64 and "a" of type VarChar are not supported'],
    ['ints[0] is null', 'an element of an array is never null'],
    ['ints like "a"', 'like operation on non-string or no-json field is unsupported'],
    ['array_contains(words, 1)', "can't compare between array element type: VarChar and Int64"],
    ['array_contains_any(words, "a")', 'json_contains_any operation element must be an array'],
    ['array_contains(st[m], 1)', 'field m not exist in struct st'],
    ['j[a] == 1', 'json key must be enclosed in double quotes or single quotes: "a"'],
    ['j["a"][b] == 1', 'json key must be enclosed in double quotes or single quotes: "b"'],
    ['i32 & 1.5 == 0', 'this is a condition where a value is expected'],
    ['(i32 & 1.5) == 0', '& can only apply on integer types'],
    ['(d | 1) == 0', '| can only apply on integer types'],
    [
      "at + INTERVAL 'P9999999999D' > ISO '2025-01-01'",
      'a part of the interval is 9999999999, the limit is 2147483647',
    ],
    ['st_within(i32, "POINT (1 2)")', 'st_within operation are only supported on geometry fields now, got field i32'],
    ['st_within(geo, "circle")', 'is not well-known text'],
    ['st_within(geo, 5)', 'expected a geometry as well-known text'],
    ['st_dwithin(geo, "LINESTRING (1 2, 3 4)", 5)', 'only a POINT can be the center of st_dwithin'],
    ['st_dwithin(geo, "POINT (1 2)", -5)', 'distance parameter must be non-negative, got: -5'],
    ['st_dwithin(geo, "POINT (1 2)", i32)', 'distance parameter must be a constant numeric value'],
    ['random_sample(1)', '"float factor" should be a const float expression'],
    ['random_sample(1.0)', 'the sample factor should be between 0 and 1'],
    ['random_sample(i32)', '"float factor" should be a const float expression'],
    ['not random_sample(0.5)', 'random sample expression can only be the last expression'],
    ['random_sample(0.5) and i32 > 1', 'random sample expression can only be the last expression'],
    ['random_sample(0.5) or i32 > 1', 'random sample expression can only be the last expression'],
    ['match_any(j, $[n] == 1)', 'j is no array of structs'],
    ['match_any(st, i32 == 1)', 'only fields of the element are known here, written $[name], but not i32'],
    ['match_any(st, $[m] == 1)', 'field m not exist in struct st'],
    ['match_any(st, $[n] == "a")', 'comparisons between field $[n] of type Int32 and "a"'],
    ['$[n] == 1', '$[n] is only known within element_filter and match_'],
    ['i32', 'predicate is not a boolean expression, compare the field: i32 == …'],
    ['b', 'predicate is not a boolean expression, compare the field: b == …'],
    ['5', 'predicate is not a boolean expression'],
    ['i32 + 1', 'predicate is not a boolean expression'],
    ['i32 > 1 and 5', 'predicate is not a boolean expression'],
    ['not i32', 'predicate is not a boolean expression'],
    ['(i32 > 1) == true', 'this is a condition where a value is expected'],
    ['(1 < i32) < 3', 'this is a condition where a value is expected'],
    ['vec == 1', 'field vec of type FloatVector cannot be used in a filter'],
    ['vec is null', 'field vec of type FloatVector cannot be used in a filter'],
    ['at > 5', 'comparisons between field at of type Timestamptz and 5 of type Int64'],
    ["i32 > ISO '2025-01-01'", 'field i32 of type Int32 is not a timestamptz datatype'],
    ["at > ISO 'yesterday'", 'invalid timestamp, expected ISO 8601'],
    ["at > ISO '2025-13-01'", 'invalid timestamp, expected ISO 8601'],
    ["at + INTERVAL 'soon' > ISO '2025-01-01'", 'invalid ISO 8601 duration'],
    ["at * INTERVAL 'P1D' > ISO '2025-01-01'", 'an interval can only be added or subtracted'],
    ["5 > ISO '2025-01-01'", 'a timestamp is only compared with a Timestamptz field'],
    ["i32 in ISO '2025-01-01'", 'a timestamp is only compared with a Timestamptz field'],
  ])('%s', (text, message) => {
    const error = errorOf(text);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ kind: 'parameterInvalid', code: 1100 });
  });

  it.each([
    ['membership_match(s, "a")', 'function membership_match is not supported'],
    ['geo == "POINT (1 2)"', 'field geo of type Geometry is not supported in a filter'],
  ])('%s is not supported', (text, message) => {
    expect(errorOf(text)).toMatchObject({ kind: 'notSupported', message: expect.stringContaining(message) });
  });

  it('carets point at the fault', () => {
    expect(errorOf('i32 > 1 and s == 5 and i8 == 1').message).toMatch(
      /\n {4}i32 > 1 and s == 5 and i8 == 1\n {16}\^{6}$/,
    );
  });
});

describe('primary keys', () => {
  const keysOf = (text: string, schema = SCHEMA, templates?: ReadonlyMap<string, TemplateValue>) => {
    const keys = compileFilter(text, schema, templates).primaryKeys;
    return keys && [...keys].sort();
  };
  it.each<[string, readonly bigint[] | undefined]>([
    ['id == 5', [5n]],
    ['5 == id', [5n]],
    ['id == 5.0', [5n]],
    ['id == 5.5', []],
    ['id in [1, 2, 2, 3.0]', [1n, 2n, 3n]],
    ['id in []', []],
    ['id == 1 or id == 2 or id in [3, 1]', [1n, 2n, 3n]],
    ['(id == 1 or id in [2]) or id == 1', [1n, 2n]],
    ['not (id != 1)', [1n]],
    ['not (id not in [1, 2])', [1n, 2n]],
    ['not (id != 1 and id not in [2])', [1n, 2n]],
    ['id in {ids}', [1n, 9007199254740993n]],
    ['id == 1 or i32 == 2', undefined],
    ['id == 1 and i32 == 2', undefined],
    ['id != 1', undefined],
    ['id not in [1]', undefined],
    ['id >= 1', undefined],
    ['1 <= id <= 1', undefined],
    ['i32 == 1', undefined],
    ['', undefined],
  ])('%s', (text, keys) => {
    expect(keysOf(text, SCHEMA, new Map([['ids', [1n, 9007199254740993n]]]))).toEqual(keys);
  });

  it('of VarChar', () => {
    const schema = schemaOf([field('key', DataType.VarChar, { isPrimaryKey: true })]);
    expect(keysOf('key == "a" or key in ["b", "a", "ä"]', schema)).toEqual(['a', 'b', 'ä']);
    expect(keysOf('key like "a"', schema)).toBeUndefined();
    expect(keysOf('key >= "a"', schema)).toBeUndefined();
  });
});

describe('templates', () => {
  const rows = sourceOf([
    { i32: 1, s: 'a', d: 0.5, b: true, j: '{"k": [1, "x"]}' },
    { i32: 2, s: 'b', d: 1.5, b: false, j: '{"k": 1}' },
  ]);
  it.each<[string, TemplateValue, number[]]>([
    ['i32 == {v}', 1n, [0]],
    ['i32 > {v}', 1.5, [1]],
    ['{v} < i32', 1n, [1]],
    ['{v} < i32 <= 2', 1n, [1]],
    ['s == {v}', 'b', [1]],
    ['b == {v}', true, [0]],
    ['s in {v}', ['a', 'z'], [0]],
    ['i32 not in {v}', [1n], [1]],
    ['i32 % {v} == 0', 2n, [1]],
    ['d * {v} > 1', 2n, [1]],
    ['json_contains(j["k"], {v})', 'x', [0]],
    ['json_contains_any(j["k"], {v})', [5n, 1n], [0]],
    ['j["k"] == {v}', [1n, 'x'], [0]],
    ['i32 == {v} or i32 == 7', 2n, [1]],
    ['{v}', true, [0, 1]],
    ['-{v} == -1', 1n, [0, 1]],
  ])('%s with %s', (text, v, expected) => expect(matching(text, rows, undefined, { v })).toEqual(expected));

  it('must be there and fit', () => {
    expect(errorOf('i32 == {x}', STRICT, { y: 1n }).message).toContain(
      'the value of expression template variable name {x} is not found',
    );
    expect(errorOf('i32 == {x}', STRICT, { x: 'a' }).message).toContain(
      'field i32 of type Int32 and "a" of type VarChar',
    );
    expect(errorOf('i32 in {x}', STRICT, { x: 5n }).message).toContain("the right-hand side of 'in' must be a list");
    expect(errorOf('i64 == {x}', STRICT, { x: 2n ** 63n }).message).toContain(
      'template variable {x} holds 9223372036854775808, beyond 64 bits',
    );
    expect(errorOf('d == {x}', STRICT, { x: Number.NaN }).message).toContain('template variable {x} holds NaN');
    expect(errorOf('d / {x} == 1', STRICT, { x: 0n }).message).toContain('division or modulus by zero');
    expect(errorOf('3 < i32 < {x}', STRICT, { x: 1n }).message).toContain('invalid range');
  });
});

describe('the filter object', () => {
  it('of an empty text is true for every row', () => {
    const source = sourceOf(rowsOf('i32', [1, null, 3]));
    expect(matching('', source)).toEqual([0, 1, 2]);
    expect(matching(' \n\t', source)).toEqual([0, 1, 2]);
  });

  it('tells roughly what it costs', () => {
    const cost = (text: string) => compileFilter(text, SCHEMA).costPerRowNs;
    expect(cost('')).toBe(0);
    expect(cost('i32 > 1 and i64 > 1')).toBe(2 * cost('i32 > 1'));
    expect(cost('s like "%a%"')).toBeGreaterThan(cost('s == "a"'));
    expect(cost(Array.from({ length: 1_000 }, (_, i) => `i32 == ${i}`).join(' or '))).toBeLessThan(
      2 * cost('i32 in [1, 2]'),
    );
  });

  it('refuses a bitset that is too small and clears one that is too large', () => {
    const filter = compileFilter('i32 == 1', SCHEMA);
    const source = sourceOf(
      rowsOf(
        'i32',
        Array.from({ length: 9 }, () => 1),
      ),
    );
    expect(() => filter.evaluate(source, new Uint8Array(1))).toThrow('the bitset has 1 bytes, 9 rows need 2');
    const out = new Uint8Array(4).fill(0xff);
    filter.evaluate(source, out);
    expect([...out]).toEqual([0xff, 1, 0, 0]);
  });
});
