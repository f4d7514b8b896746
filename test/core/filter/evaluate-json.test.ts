import { describe, expect, it } from 'vitest';
import { matching, rowsOf, sourceOf } from './support.ts';

const json = (value: unknown) => JSON.stringify(value);

describe('JSON keys', () => {
  const rows = sourceOf([
    { j: json({ n: 5, s: 'five', b: true, a: [1, 'x', [2, 3]], o: { k: { l: 1 } } }) },
    { j: json({ n: 5.5, s: 'a"b\\c\nä😀', b: false, a: [] }) },
    { j: json({ n: '5', s: 5, b: 1, a: 'no array', o: [{ k: 1 }] }) },
    { j: json({ n: null, s: null }) },
    { j: '{}' },
    { j: null },
    { j: ' { "x" : { "n" : 1 } , "n" :  -7 , "s":"\\u0066ive" } ' },
    { j: '{"n": 9007199254740993, "a": [9007199254740993]}' },
  ]);
  it.each<[string, number[]]>([
    ['j["n"] == 5', [0]],
    ['j["n"] == 5.0', [0]],
    ['j["n"] == 5.5', [1]],
    ['j["n"] != 5', [1, 2, 3, 4, 6, 7]],
    ['not (j["n"] == 5)', [1, 2, 3, 4, 6, 7]],
    ['j["n"] > 5', [1, 7]],
    ['not (j["n"] > 5)', [0, 2, 3, 4, 6]],
    ['j["n"] < 0', [6]],
    ['5 <= j["n"] < 6', [0, 1]],
    ['j["n"] == "5"', [2]],
    ['j["n"] == 9007199254740993', [7]],
    ['j["n"] == 9007199254740992', []],
    ['j["n"] > 9007199254740992', [7]],
    ['j["n"] in [5, "5", -7.0]', [0, 2, 6]],
    ['j["n"] in [9007199254740993]', [7]],
    ['j["n"] not in [5, "5"]', [1, 3, 4, 6, 7]],
    ['j["n"] == 5 or j["n"] == "5"', [0, 2]],
    ['j["s"] == "five"', [0, 6]],
    [String.raw`j["s"] == "a\"b\\c\nä😀"`, [1]],
    ['j["s"] >= "f"', [0, 6]],
    ['j["s"] like "f%e"', [0, 6]],
    ['j["s"] like "%ä%"', [1]],
    ['j["s"] in ["five", "six"]', [0, 6]],
    ['j["b"] == true', [0]],
    ['j["b"] == false', [1]],
    ['j["b"] in [true, 1]', [0, 2]],
    ['j["b"] != true', [1, 2, 3, 4, 6, 7]],
    ['j["o"]["k"]["l"] == 1', [0]],
    ['j["o"][0]["k"] == 1', [2]],
    ['j["a"][0] == 1', [0]],
    ['j["a"]["1"] == "x"', [0]],
    ['j["a"][2][1] == 3', [0]],
    ['j["a"][3] == 1', []],
    ['j["a"] == [1, "x", [2, 3]]', [0]],
    ['j["a"] == []', [1]],
    ['j["a"] != []', [0, 2, 3, 4, 6, 7]],
    ['j["a"] == [1, "x"]', []],
    ['j["a"] in [[], [9007199254740993]]', [1, 7]],
    ['exists j["n"]', [0, 1, 2, 6, 7]],
    ['not exists j["n"]', [3, 4]],
    ['exists j["o"]', [0, 2]],
    ['exists (j["x"]["n"])', [6]],
    ['j["n"] is null', [3, 4, 5]],
    ['j["n"] is not null', [0, 1, 2, 6, 7]],
    ['not (j["n"] is null)', [0, 1, 2, 6, 7]],
    ['j is null', [5]],
    ['j is not null', [0, 1, 2, 3, 4, 6, 7]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));

  it('a whole field may be a number, a text or an array', () => {
    const values = sourceOf(rowsOf('j', ['5', '"a"', '[1, 2]', 'true', null, '{}']));
    expect(matching('j == 5', values)).toEqual([0]);
    expect(matching('j == "a"', values)).toEqual([1]);
    expect(matching('j[1] == 2', values)).toEqual([2]);
    expect(matching('json_contains(j, 2)', values)).toEqual([2]);
    expect(matching('array_length(j) == 2', values)).toEqual([2]);
  });
});

describe('JSON arrays', () => {
  const rows = sourceOf([
    { j: json({ a: [1, 'x', true, [1, 2], 1.5, 'q"'] }) },
    { j: json({ a: [2, 1, 2] }) },
    { j: json({ a: [] }) },
    { j: json({ a: 'x' }) },
    { j: json({}) },
    { j: null },
    { j: json({ a: [7, 7, 8, 8, [1, 2], [1, 2]] }) },
  ]);
  it.each<[string, number[]]>([
    ['json_contains(j["a"], 1)', [0, 1]],
    ['JSON_CONTAINS(j["a"], 1.0)', [0, 1]],
    ['json_contains(j["a"], 1.5)', [0]],
    ['json_contains(j["a"], "x")', [0]],
    [String.raw`array_contains(j["a"], "q\"")`, [0]],
    ['json_contains(j["a"], true)', [0]],
    ['json_contains(j["a"], false)', []],
    ['json_contains(j["a"], [1, 2])', [0, 6]],
    ['json_contains(j["a"], [2, 1])', []],
    ['not json_contains(j["a"], 1)', [2, 3, 4, 6]],
    ['json_contains_all(j["a"], [1, 2])', [1]],
    ['json_contains_all(j["a"], [7, 8])', [6]],
    ['json_contains_all(j["a"], [7, 9])', []],
    ['json_contains_all(j["a"], [1, 1.0, "x", [1, 2]])', [0]],
    ['json_contains_all(j["a"], [2, 2])', [1]],
    ['json_contains_all(j["a"], [[1, 2], [1.0, 2]])', [0, 6]],
    ['json_contains_all(j["a"], [[1, 2], [1, 2], 9])', []],
    ['json_contains_all(j["a"], [])', [0, 1, 2, 3, 4, 6]],
    ['json_contains_any(j["a"], [2, "x"])', [0, 1]],
    ['array_contains_any(j["a"], [])', []],
    ['not json_contains_any(j["a"], [2, "x"])', [2, 3, 4, 6]],
    ['array_length(j["a"]) == 3', [1]],
    ['array_length(j["a"]) > 3', [0, 6]],
    ['array_length(j["a"]) == 0', [2, 3, 4]],
    ['array_length(j["a"]) != 0', [0, 1, 6]],
    ['1 < array_length(j["a"]) <= 3', [1]],
    ['array_length(j["a"]) * 2 == 6', [1]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));
});

describe('dynamic keys', () => {
  const rows = sourceOf([
    { $meta: json({ color: 'red', price: 10, tags: ['a'] }) },
    { $meta: json({ color: 'blue', nested: { k: 1 } }) },
    { $meta: '{}' },
  ]);
  it.each<[string, number[]]>([
    ['color == "red"', [0]],
    ['$meta["color"] == "red"', [0]],
    ['color != "red"', [1, 2]],
    ['price > 5 and color like "r%"', [0]],
    ['nested["k"] == 1', [1]],
    ['$meta["nested"]["k"] == 1', [1]],
    ['json_contains(tags, "a")', [0]],
    ['array_length(tags) == 1', [0]],
    ['exists price', [0]],
    ['price is null', [1, 2]],
    ['color in ["red", "blue"]', [0, 1]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));

  it('sees the first of equal keys and keys written with escapes', () => {
    const source = sourceOf(
      rowsOf('$meta', ['{"k":1,"k":2}', '{"\\u006b":1}', '{"k\\"":1}', '{"x":"\\"k\\":1","k":3}']),
    );
    expect(matching('k == 1', source)).toEqual([0, 1]);
    expect(matching('k == 3', source)).toEqual([3]);
    expect(matching(String.raw`$meta["k\""] == 1`, source)).toEqual([2]);
  });

  it('takes broken JSON for a missing key', () => {
    const broken = [
      '',
      '{',
      '{"k"',
      '{"k":',
      '{"k":"',
      '{"k":"\\',
      '{"k":[1,',
      '{"k":{"l"',
      '{"a":[[[,"k":1}',
      'k',
      '{"k":-}',
      '{k:1}',
      '{"k":1e}',
    ];
    const source = sourceOf(rowsOf('$meta', broken));
    for (const text of ['k == 1', 'k == "x"', 'json_contains(k, 2)', 'k["l"] == 1', 'k[5] == 1', 'k == [1]']) {
      expect(matching(text, source), text).toEqual([]);
    }
    expect(matching('array_length(k) > 5', source)).toEqual([]);
  });

  it('evaluates the same filter on the same columns again', () => {
    const source = sourceOf(rowsOf('$meta', ['{"k":1}', '{"k":2}']));
    expect(matching('k == 1', source)).toEqual([0]);
    expect(matching('k == 2', source)).toEqual([1]);
    expect(matching('k == 1', { ...source, rowCount: 1 })).toEqual([0]);
    const growing = sourceOf(
      rowsOf('$meta', ['{"k":1}', '{"k":9007199254740993}', '{"k":"a\\"b"}', '{"k":[1]}', '{}']),
    );
    for (const text of ['k > 5', 'k like "a%"', 'json_contains(k, 1)', 'k == [1]', 'k + 1 > 5', 'k is null']) {
      expect(matching(text, growing)).toHaveLength(1);
      expect(matching(text, { ...growing, rowCount: 1 })).toEqual([]);
    }
    for (let i = 0; i < 40; i++) expect(matching(`key${i} is null`, source)).toEqual([0, 1]);
    expect(matching('k == 1', source)).toEqual([0]);
  });
});
