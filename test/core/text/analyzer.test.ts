import { describe, expect, test } from 'vitest';
import { parseAnalyzer } from '../../../core/text/parse-analyzer.ts';
import { termId } from '../../../core/text/term-id.ts';

const terms = (params: object, text: string): string[] => parseAnalyzer(JSON.stringify(params)).terms(text);

describe('built-in analyzers', () => {
  test('standard: letters and digits of any script, lower case', () => {
    expect(terms({}, 'The 2 QUICK Brown-Foxes dog’s Straße 日本語!')).toEqual([
      ...['the', '2', 'quick', 'brown', 'foxes', 'dog', 's', 'straße', '日本語'],
    ]);
    expect(terms({ type: 'standard', stop_words: ['_english_', 'fox'] }, 'The fox and the Hen')).toEqual(['hen']);
  });

  test('english: stems, without stop words', () => {
    expect(terms({ type: 'english' }, 'This was the running of vectors, and their databases')).toEqual([
      ...['run', 'vector', 'databas'],
    ]);
  });

  test('chinese: words, and words inside words', () => {
    expect(terms({ type: 'chinese' }, '中国科学院计算所，milvus 2.6')).toEqual([
      ...['中国', '科学', '学院', '科学院', '中国科学院', '计算', '计算所', 'milvus', '2.6'],
    ]);
  });
});

describe('analyzers put together', () => {
  test.each<[string, unknown, string, string[]]>([
    ['white space', 'whitespace', 'One, Two\tthree', ['One,', 'Two', 'three']],
    ['icu', 'icu', 'Hello, 世界', ['Hello', ',', ' ', '世界']],
    [
      'jieba with own words',
      { type: 'jieba', dict: ['结巴分词器'], mode: 'exact', hmm: false },
      '结巴分词器',
      ['结巴分词器'],
    ],
  ])('tokenizer: %s', (_, tokenizer, text, expected) => {
    expect(terms({ tokenizer }, text)).toEqual(expected);
  });

  test.each<[string, unknown, string, string[]]>([
    ['lowercase', 'lowercase', 'AbC', ['abc']],
    ['asciifolding', 'asciifolding', 'Café Straße œuvre', ['Cafe', 'Strasse', 'oeuvre']],
    ['alphanumonly', 'alphanumonly', 'abc1 日本 é', ['abc1']],
    ['cncharonly', 'cncharonly', 'abc 日本', ['日本']],
    ['cnalphanumonly', 'cnalphanumonly', 'abc 日本 ...', ['abc', '日本']],
    ['length', { type: 'length', max: 3 }, 'one three äää', ['one']],
    ['stop', { type: 'stop', stop_words: ['of', '_english_'] }, 'cup of tea', ['cup', 'tea']],
    ['stemmer', { type: 'stemmer', language: 'german' }, 'kategorisch', ['kategor']],
    [
      'decompounder',
      { type: 'decompounder', word_list: ['dampf', 'schiff'] },
      'dampfschiff boot',
      ['dampf', 'schiff', 'boot'],
    ],
    ['regex', { type: 'regex', expr: '^[a-f]+$' }, 'abc xyz', ['abc']],
  ])('filter: %s', (_, filter, text, expected) => {
    expect(terms({ tokenizer: 'whitespace', filter: [filter] }, text)).toEqual(expected);
  });

  test('filters behind one that splits see the parts', () => {
    const filter = [
      { type: 'decompounder', word_list: ['dampf', 'schiff'] },
      { type: 'stop', stop_words: ['dampf'] },
    ];
    expect(terms({ tokenizer: 'standard', filter }, 'dampfschiff')).toEqual(['schiff']);
  });
});

test('tokens say where they stand, in bytes, and at what position', () => {
  const tokens = parseAnalyzer('{"type": "standard", "stop_words": ["in"]}').tokens('Käse in Bern');
  expect(tokens).toEqual([
    { text: 'käse', startOffset: 0, endOffset: 5, position: 0, positionLength: 1 },
    { text: 'bern', startOffset: 9, endOffset: 13, position: 2, positionLength: 1 },
  ]);
  const chinese = parseAnalyzer('{"tokenizer": "jieba"}').tokens('科学院');
  expect(
    chinese.map(({ text, startOffset, position, positionLength }) => [text, startOffset, position, positionLength]),
  ).toEqual([
    ['科学', 0, 0, 2],
    ['学院', 3, 1, 2],
    ['科学院', 0, 0, 3],
  ]);
});

test.each<[string, string, string]>([
  ['no JSON', '{', 'analyzer params are not JSON'],
  ['an unknown type', '{"type": "klingon"}', 'unknown build-in analyzer type: klingon'],
  ['no tokenizer', '{"filter": []}', 'tokenizer name or type must be set'],
  ['an unknown tokenizer', '{"tokenizer": "x"}', 'unsupported tokenizer: x'],
  ['a tokenizer that we lack', '{"tokenizer": {"type": "lindera", "dict_kind": "ipadic"}}', 'lindera is not supported'],
  ['an unknown option', '{"tokenizer": "standard", "filters": []}', 'unknown analyzer option key: filters'],
  ['an unknown filter', '{"tokenizer": "standard", "filter": ["x"]}', 'filter not found: x'],
  [
    'a bad expression',
    '{"tokenizer": "standard", "filter": [{"type": "regex", "expr": "("}]}',
    'regex expression invalid',
  ],
  ['a bad length', '{"tokenizer": "standard", "filter": [{"type": "length"}]}', 'length max param'],
  [
    'an unknown language',
    '{"tokenizer": "standard", "filter": [{"type": "stemmer", "language": "x"}]}',
    'unsupport language: x',
  ],
])('refuses %s', (_, params, message) => {
  expect(() => parseAnalyzer(params)).toThrow(message);
});

test('a term is known by the CRC-32 of its first 100 bytes', () => {
  expect(termId('abc')).toBe(0x352441c2);
  expect(termId('ä'.repeat(50))).toBe(termId('ä'.repeat(60)));
  expect(termId('ä'.repeat(50))).not.toBe(termId('ä'.repeat(49)));
});
