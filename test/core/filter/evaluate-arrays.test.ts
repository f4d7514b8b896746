import { describe, expect, it } from 'vitest';
import { arrayElements } from '../../../core/filter/array/array-elements.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { matching, SCHEMA, sourceOf } from './support.ts';

const rows = sourceOf([
  { ints: [1n, 2n, 3n], bytes: [1, -2], floats: [0.1, 2], words: ['a', 'ä', ''], flags: [true, false], 'st[n]': [7] },
  { ints: [2n ** 53n + 1n, -1n], bytes: [], floats: [-0], words: ['b'], flags: [true], 'st[n]': [1, 8] },
  { ints: [], bytes: [127, -128, 127], floats: [], words: [], flags: [], 'st[n]': [] },
  { ints: null, bytes: null, floats: null, words: null, flags: null, 'st[n]': null },
  { ints: [3n, 2n, 1n], bytes: [-2, 1], floats: [2, 0.1], words: ['abc', 'a'], flags: [false], 'st[n]': [8] },
]);

describe('arrays', () => {
  it.each<[string, number[]]>([
    ['ints[0] == 1', [0]],
    ['ints[0] != 1', [1, 4]],
    ['not (ints[0] == 1)', [1, 2, 4]],
    ['not (ints[0] != 1)', [0, 2]],
    ['ints[0] != 1 and ints[0] != 3', [1]],
    ['ints[0] == 1 or ints[0] == 3', [0, 4]],
    ['ints[0] in [1, 3.0, 9]', [0, 4]],
    ['ints[0] not in [1, 3]', [1, 2]],
    ['ints[0] == 9007199254740993', [1]],
    ['ints[0] > 9007199254740992', [1]],
    ['ints[0] == ints[2]', []],
    ['ints[1] == ints[1]', [0, 1, 4]],
    ['ints[0] > ints[2]', [4]],
    ['ints[0] != ints[2]', [0, 4]],
    ['1 < ints[2] <= 3', [0]],
    ['not (1 < ints[2] <= 3)', [1, 2, 4]],
    ['ints[0] + ints[1] == 3', [0]],
    ['ints[0] + ints[1] != 3', [1, 4]],
    ['not (ints[0] + ints[1] == 3)', [1, 2, 4]],
    ['ints[0] % 2 == 1', [0, 1, 4]],
    ['bytes[1] == -2', [0]],
    ['bytes[0] < 0', [4]],
    ['floats[0] == 0.1', [0]],
    ['floats[0] == 0', [1]],
    ['floats[1] >= 2', [0]],
    ['flags[0] == true', [0, 1]],
    ['flags[0] != true', [4]],
    ['words[0] == "a"', [0]],
    ['words[0] like "a%"', [0, 4]],
    ['words[1] in ["a", "ä"]', [0, 4]],
    ['words[0] >= "ab"', [1, 4]],
    ['words[0] == words[1]', []],
    ['array_length(ints) == 3', [0, 4]],
    ['array_length(ints) == 0', [2]],
    ['array_length(ints) != 3', [1, 2]],
    ['array_length(bytes) + 1 > 3', [2]],
    ['array_contains(ints, 2)', [0, 4]],
    ['array_contains(ints, 2.0)', [0, 4]],
    ['array_contains(ints, 2.5)', []],
    ['not array_contains(ints, 2)', [1, 2]],
    ['array_contains(ints, 9007199254740993)', [1]],
    ['ARRAY_CONTAINS_ALL(ints, [3, 1])', [0, 4]],
    ['array_contains_all(ints, [3, 1, 1.0, 2])', [0, 4]],
    ['array_contains_all(ints, [3, 1, 1.5])', []],
    ['array_contains_all(ints, [])', [0, 1, 2, 4]],
    ['array_contains_any(ints, [])', []],
    ['array_contains_any(ints, [-1, 3])', [0, 1, 4]],
    ['json_contains_any(ints, [-1, 3])', [0, 1, 4]],
    ['array_contains(bytes, -128)', [2]],
    ['array_contains(bytes, 256)', []],
    ['array_contains_all(bytes, [-2, 1])', [0, 4]],
    ['array_contains(floats, 0.1)', [0, 4]],
    ['array_contains(floats, 0)', [1]],
    ['array_contains_all(floats, [0.1, 2])', [0, 4]],
    ['array_contains(flags, false)', [0, 4]],
    ['array_contains_all(flags, [true, false])', [0]],
    ['array_contains(words, "")', [0]],
    ['array_contains(words, "ä")', [0]],
    ['array_contains_all(words, ["a", "ä"])', [0]],
    ['array_contains_any(words, ["b", "abc"])', [1, 4]],
    ['ints == [1, 2, 3]', [0]],
    ['ints == [1.0, 2, 3]', [0]],
    ['ints != [1, 2, 3]', [1, 2, 4]],
    ['not (ints != [1, 2, 3])', [0]],
    ['ints == []', [2]],
    ['ints == [1, 2, 3] or ints == [3, 2, 1]', [0, 4]],
    ['ints == [1.5]', []],
    ['bytes == [127, -128, 127]', [2]],
    ['floats == [0.1, 2]', [0]],
    ['floats == [0]', [1]],
    ['flags == [true]', [1]],
    ['words == ["abc", "a"]', [4]],
    ['words == ["ab", "ca"]', []],
    ['ints is null', [3]],
    ['ints is not null', [0, 1, 2, 4]],
    ['array_contains(st[n], 8)', [1, 4]],
    ['array_length(st[n]) == 2', [1]],
    ['st[0][n] == 8', [4]],
    ['st[1][n] == 8', [1]],
  ])('%s', (text, expected) => expect(matching(text, rows)).toEqual(expected));

  it('of no row or no element', () => {
    const empty = sourceOf([
      { ints: [], words: [] },
      { ints: null, words: null },
    ]);
    for (const text of [
      'ints[0] == 0',
      'words[0] == ""',
      'ints[0] != 1',
      'array_contains(words, "a")',
      'ints[0] == ints[1]',
    ]) {
      expect(matching(text, empty), text).toEqual([]);
      expect(matching(text, sourceOf([])), text).toEqual([]);
    }
    expect(matching('not (ints[0] == 0)', empty)).toEqual([0]);
  });

  it('of a segment that is older than the field are null', () => {
    const old = sourceOf([{}, {}], SCHEMA, ['ints']);
    for (const text of [
      'ints[0] == 0',
      'ints[0] != 0',
      'array_length(ints) == 0',
      'not array_contains(ints, 1)',
      'ints == []',
    ]) {
      expect(matching(text, old), text).toEqual([]);
    }
    expect(matching('ints is null', old)).toEqual([0, 1]);
  });
});

it('elements of fixed size that lie aligned are not copied', () => {
  const bytes = new Uint8Array(new Float64Array([1, 2, 3]).buffer);
  const offsets = Uint32Array.from([8, 8, 24]);
  const column = { kind: 'bytes', dataType: DataType.Array, rowCount: 2, offsets, bytes, valid: undefined } as const;
  const { elements, starts } = arrayElements(column, DataType.Double);
  expect(elements).toMatchObject({ values: Float64Array.from([2, 3]) });
  expect((elements as { values: Float64Array }).values.buffer).toBe(bytes.buffer);
  expect([...starts]).toEqual([0, 0, 2]);
  expect(arrayElements(column, DataType.Double).elements).toBe(elements);
});
