import { RE2JS } from 're2js';
import { BraidError } from '../errors.ts';
import type { TokenFilter } from './analyzer.ts';
import { type AnalyzerParams, invalidAnalyzer, stringList, typeAndParams } from './analyzer-params.ts';
import { decompounderFilter } from './token-filters/decompounder.ts';
import { SIMPLE_FILTERS } from './token-filters/simple-filters.ts';
import { stemmerFilter } from './token-filters/stemmer.ts';
import { stopFilter, stopWordsOf } from './token-filters/stop-words.ts';

/** Filters of Milvus that need dictionaries which this server has not. */
const UNSUPPORTED: readonly string[] = ['synonym', 'pinyin', 'arabic_normalization', 'decimal_digit'];

/** One entry of `filter` in `analyzer_params`. */
export function parseTokenFilter(value: unknown): TokenFilter {
  const { type, params } = typeAndParams(value, 'filter');
  const simple = SIMPLE_FILTERS.get(type);
  if (simple) return simple;
  switch (type) {
    case 'length':
      return lengthFilter(params);
    case 'stop':
      return stopFilter(stopWordsOf(stringList(params['stop_words'], 'filter stop_words')));
    case 'stemmer':
      if (typeof params['language'] !== 'string') throw invalidAnalyzer('stemmer language field should be string');
      return stemmerFilter(params['language']);
    case 'decompounder':
      return decompounderFilter(stringList(params['word_list'], 'decompounder word list'));
    case 'regex':
      return regexFilter(params);
    default:
      if (UNSUPPORTED.includes(type)) {
        throw new BraidError('notSupported', `the analyzer filter ${type} is not supported by this server`);
      }
      throw invalidAnalyzer(`filter not found: ${type}`);
  }
}

/** Leaves out tokens with more bytes than `max`. */
function lengthFilter({ max }: AnalyzerParams): TokenFilter {
  if (typeof max !== 'number' || !Number.isInteger(max) || max < 0) {
    throw invalidAnalyzer('length max param was none or not uint');
  }
  return (token) => (token.length * 3 <= max || Buffer.byteLength(token) <= max ? token : undefined);
}

/** Keeps tokens in which the expression is found. Its time is linear in the token, so look-around is not to be had. */
function regexFilter({ expr }: AnalyzerParams): TokenFilter {
  if (typeof expr !== 'string') throw invalidAnalyzer('expr of regex filter must be string');
  try {
    const pattern = RE2JS.compile(expr);
    return (token) => (pattern.matcher(token).find() ? token : undefined);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `regex expression invalid, expr: ${expr}`, { cause });
  }
}
