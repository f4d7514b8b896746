import { expect, test } from 'vitest';
import { type HighlightOptions, highlight } from '../../../core/text/highlight.ts';
import { parseAnalyzer } from '../../../core/text/parse-analyzer.ts';

const OPTIONS: HighlightOptions = {
  ...{ preTags: ['<'], postTags: ['>'], fragmentOffset: 0, fragmentSize: 100, fragmentsMax: 5 },
};

function highlighted(text: string, words: string[], more: Partial<HighlightOptions> = {}, params = '') {
  return highlight(parseAnalyzer(params), text, new Set(words), { ...OPTIONS, ...more });
}

test.each<[string, string, string[], Partial<HighlightOptions>, string[]]>([
  ['no word', 'one two', ['three'], {}, []],
  ['case and places', 'One two ONE.', ['one'], {}, ['<One> two <ONE>.']],
  ['fragments of a size', 'a b c a b c a', ['a'], { fragmentSize: 4 }, ['<a> b ', '<a> b ', '<a>']],
  ['context before', 'x y a b', ['a'], { fragmentOffset: 2, fragmentSize: 3 }, ['y <a>']],
  ['no context twice', 'a a', ['a'], { fragmentOffset: 9, fragmentSize: 1 }, ['<a>', ' <a>']],
  ['a word longer than a fragment', 'elephant', ['elephant'], { fragmentSize: 3 }, ['<elephant>']],
  ['so many fragments', 'a b a b a', ['a'], { fragmentSize: 1, fragmentsMax: 2 }, ['<a>', '<a>']],
  ['tags in turn', 'a a a', ['a'], { preTags: ['<', '['], postTags: ['>', ']'] }, ['<a> [a] <a>']],
  ['whole characters', 'a 😀😀', ['a'], { fragmentSize: 3 }, ['<a> 😀']],
])('%s', (_, text, words, options, expected) => {
  expect(highlighted(text, words, options)).toEqual(expected);
});

test('words within words are marked once', () => {
  expect(highlighted('在中国科学院', ['科学', '中国科学院'], {}, '{"type": "chinese"}')).toEqual(['<中国科学院>']);
});
