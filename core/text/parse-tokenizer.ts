import { BraidError } from '../errors.ts';
import type { Tokenizer } from './analyzer.ts';
import { type AnalyzerParams, invalidAnalyzer, stringList, typeAndParams } from './analyzer-params.ts';
import { icuTokenizer } from './tokenizers/icu.ts';
import { jiebaTokenizer } from './tokenizers/jieba.ts';
import { standardTokenizer, whitespaceTokenizer } from './tokenizers/standard.ts';

/** Tokenizers of Milvus that need dictionaries or services which this server has not. */
const UNSUPPORTED: readonly string[] = ['lindera', 'language_identifier', 'grpc', 'thai', 'char_group', 'ngram'];

/** The tokenizer that `analyzer_params` name. */
export function parseTokenizer(value: unknown): Tokenizer {
  const { type, params } = typeAndParams(value, 'tokenizer');
  switch (type) {
    case 'standard':
      return standardTokenizer;
    case 'whitespace':
      return whitespaceTokenizer;
    case 'icu':
      return icuTokenizer();
    case 'jieba':
      return jiebaTokenizer({ words: words(params), mode: mode(params), guessesWords: guessesWords(params) });
    default:
      if (UNSUPPORTED.includes(type)) {
        const message = `the tokenizer ${type} is not supported by this server, supported: standard, whitespace, jieba, icu`;
        throw new BraidError('notSupported', message);
      }
      throw invalidAnalyzer(`unsupported tokenizer: ${type}`);
  }
}

function words({ dict }: AnalyzerParams): readonly string[] {
  return dict === undefined ? ['_default_'] : stringList(dict, 'jieba tokenizer dict');
}

function mode({ mode: given = 'search' }: AnalyzerParams): 'search' | 'exact' {
  if (given === 'search' || given === 'exact') return given;
  throw invalidAnalyzer('jieba tokenizer mode must be "exact" or "search"');
}

function guessesWords({ hmm = true }: AnalyzerParams): boolean {
  if (typeof hmm === 'boolean') return hmm;
  throw invalidAnalyzer('jieba tokenizer hmm must be boolean');
}
