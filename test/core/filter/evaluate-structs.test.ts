import { describe, expect, it } from 'vitest';
import { matching, SCHEMA, sourceOf } from './support.ts';

const rows = sourceOf([
  { 'st[n]': [1, 2, 3], 'st[w]': ['a', 'b', 'ab'] },
  { 'st[n]': [5], 'st[w]': ['a'] },
  { 'st[n]': [], 'st[w]': [] },
  { 'st[n]': null, 'st[w]': null },
  { 'st[n]': [3, 3], 'st[w]': ['c', 'a'] },
]);

describe('conditions over the elements of a struct', () => {
  it.each<[string, number[]]>([
    ['match_any(st, $[n] > 2)', [0, 1, 4]],
    ['element_filter(st, $[n] > 2)', [0, 1, 4]],
    ['MATCH_ALL(st, $[n] > 2)', [1, 4]],
    ['not match_all(st, $[n] > 2)', [0, 2]],
    ['match_any(st, $[n] == 3 and $[w] == "a")', [4]],
    ['match_any(st, $[n] == 3 && $[w] like "a%")', [0, 4]],
    ['match_any(st, not ($[n] == 3))', [0, 1]],
    ['match_least(st, $[n] >= 2, threshold = 2)', [0, 4]],
    ['match_most(st, $[n] >= 2, THRESHOLD=1)', [1, 2]],
    ['match_exact(st, $[n] >= 2, threshold = 2)', [0, 4]],
    ['match_exact(st, $[n] >= 2, threshold = 0)', [2]],
    ['match_any(st, $[n] in {list})', [1]],
    ['match_any(st, $[n] % 2 == 0)', [0]],
    ['match_any(st, true)', [0, 1, 4]],
    ['match_any(st, $[n] == 1) or match_any(st, $[n] == 5)', [0, 1]],
  ])('%s', (text, expected) => expect(matching(text, rows, SCHEMA, { list: [5n, 7n] })).toEqual(expected));

  it('of a segment that is older than the struct', () => {
    const old = sourceOf([{}], SCHEMA, ['st[n]', 'st[w]']);
    expect(matching('match_any(st, $[n] == 1)', old)).toEqual([]);
    expect(matching('not match_any(st, $[n] == 1)', old)).toEqual([]);
  });
});
