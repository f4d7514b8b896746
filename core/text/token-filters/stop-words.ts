import { BraidError } from '../../errors.ts';
import type { TokenFilter } from '../analyzer.ts';

/** The words that Lucene leaves out of English texts, and tantivy and Milvus after it. */
export const ENGLISH_STOP_WORDS: readonly string[] = (
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was ' +
  'will with'
).split(' ');

/** Words to leave out as users list them: `_english_` stands for a list. */
export function stopWordsOf(words: readonly string[]): ReadonlySet<string> {
  const all = words.flatMap((word) => {
    if (word === '_english_') return ENGLISH_STOP_WORDS;
    if (!/^_[a-z]+_$/.test(word)) return [word];
    throw new BraidError(
      'notSupported',
      `the stop words ${word} are not supported by this server, supported: _english_`,
    );
  });
  return new Set(all);
}

export function stopFilter(words: ReadonlySet<string>): TokenFilter {
  return (token) => (words.has(token) ? undefined : token);
}
