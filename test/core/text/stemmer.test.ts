import { expect, test } from 'vitest';
import { stemmerFilter } from '../../../core/text/token-filters/stemmer.ts';

/** As the reference implementation of Snowball (snowballstemmer 2.2.0) has them: words that meet its rules and its exceptions. */
const ENGLISH: Readonly<Record<string, string>> = {
  ...{ databases: 'databas', indices: 'indic', libraries: 'librari', generously: 'generous', generic: 'generic' },
  ...{ communication: 'communic', university: 'univers', skies: 'sky', sky: 'sky', skis: 'ski', dying: 'die' },
  ...{
    news: 'news',
    innings: 'inning',
    only: 'onli',
    early: 'earli',
    singly: 'singl',
    ably: 'abli',
    relational: 'relat',
  },
  ...{ happily: 'happili', hopping: 'hop', hoping: 'hope', ties: 'tie', cries: 'cri', feed: 'feed', agreed: 'agre' },
  ...{ proceed: 'proceed', exceeding: 'exceed', organization: 'organ', arsenal: 'arsenal', rate: 'rate', says: 'say' },
  ...{ toying: 'toy', idly: 'idl', gently: 'gentl', ugly: 'ugli', andes: 'andes', cosmos: 'cosmos', bias: 'bias' },
  ...{ herring: 'herring', evening: 'even', communism: 'communism', luxuriated: 'luxuri', fluently: 'fluentli' },
  ...{
    "hesitanci's": 'hesit',
    "dog's": 'dog',
    "dogs'": 'dog',
    yearly: 'year',
    yielding: 'yield',
    by: 'by',
    cry: 'cri',
  },
  ...{ misses: 'miss', caresses: 'caress', ponies: 'poni', knightly: 'knight', consolatory: 'consolatori' },
};

test('English words have the stems of Porter2', () => {
  const stem = stemmerFilter('english');
  expect(Object.fromEntries(Object.keys(ENGLISH).map((word) => [word, stem(word)]))).toEqual(ENGLISH);
});

test('other languages have theirs, unknown ones are refused', () => {
  expect(stemmerFilter('German')('kategorisch')).toBe('kategor');
  expect(() => stemmerFilter('klingon')).toThrow('unsupport language: klingon');
});
