import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LikePattern } from '../../../core/filter/text/like-pattern.ts';
import { matching, rowsOf, sourceOf } from './support.ts';

function likes(pattern: string, text: string): boolean {
  const like = new LikePattern(pattern);
  const bytes = Buffer.from(text);
  return bytes.length >= like.lengthMin && bytes.length <= like.lengthMax && like.matches(bytes, 0, bytes.length);
}

describe('like', () => {
  const rows = sourceOf(rowsOf('s', ['', 'abc', 'abcabc', 'a%c', 'a_c', 'aäc', 'a\nc', '😀', null, 'xabcx', 'a\\c']));
  it.each<[string, number[]]>([
    ['s like "abc"', [1]],
    ['s like ""', [0]],
    ['s like "%"', [0, 1, 2, 3, 4, 5, 6, 7, 9, 10]],
    ['s like "%%"', [0, 1, 2, 3, 4, 5, 6, 7, 9, 10]],
    ['s like "abc%"', [1, 2]],
    ['s LIKE "%abc"', [1, 2]],
    ['s like "%abc%"', [1, 2, 9]],
    ['s like "a%c"', [1, 2, 3, 4, 5, 6, 10]],
    ['s like "a%bc%c"', [2]],
    ['s like "ab%bc"', [2]],
    ['s like "a_c"', [1, 3, 4, 5, 6, 10]],
    ['s like "_"', [7]],
    ['s like "___"', [1, 3, 4, 5, 6, 10]],
    ['s like "%_bc"', [1, 2]],
    [String.raw`s like "a\\%c"`, [3]],
    [String.raw`s like "a\%c"`, [3]],
    [String.raw`s like r"a\%c"`, [3]],
    [String.raw`s like "a\\_c"`, [4]],
    [String.raw`s like r"a\\c"`, [10]],
    ['not (s like "a%")', [0, 7, 9]],
    ['s like {p}', [1, 2]],
  ])('%s', (text, expected) => expect(matching(text, rows, undefined, { p: 'abc%' })).toEqual(expected));

  it('agrees with a regular expression', () => {
    const letter = fc.constantFrom('a', 'b', 'ä', '😀', '\n', '%', '_', '\\');
    const some = fc.array(letter, { maxLength: 3 }).map((letters) => letters.join(''));
    // Each item of a pattern with a text that it stands for, so that about half of the texts match.
    const item = fc.oneof(
      letter.map((own) => ({
        pattern: /[%_\\]/.test(own) ? `\\${own}` : own,
        source: own === '\\' ? '\\\\' : own,
        text: own,
      })),
      some.map((text) => ({ pattern: '%', source: '.*', text })),
      letter.map((text) => ({ pattern: '_', source: '.', text })),
    );
    const join = (parts: readonly string[]) => parts.join('');
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), fc.option(fc.tuple(fc.nat(8), some)), (items, change) => {
        const texts = items.map(({ text }) => text);
        if (change) texts.splice(change[0], 1, change[1]);
        const expected = new RegExp(`^${join(items.map(({ source }) => source))}$`, 'su').test(join(texts));
        expect(likes(join(items.map(({ pattern }) => pattern)), join(texts))).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('does not backtrack', () => {
    const text = 'a'.repeat(60_000);
    const started = performance.now();
    expect(likes(`%${'a%'.repeat(500)}b`, text)).toBe(false);
    expect(likes(`%${'a_%'.repeat(300)}b%`, text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
