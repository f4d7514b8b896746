import { BraidError } from '../errors.ts';
import { Analyzer } from './analyzer.ts';
import { invalidAnalyzer as invalid, stringList } from './analyzer-params.ts';
import { parseTokenFilter } from './parse-token-filter.ts';
import { parseTokenizer } from './parse-tokenizer.ts';
import { SIMPLE_FILTERS } from './token-filters/simple-filters.ts';
import { stemmerFilter } from './token-filters/stemmer.ts';
import { ENGLISH_STOP_WORDS, stopFilter, stopWordsOf } from './token-filters/stop-words.ts';
import { jiebaTokenizer } from './tokenizers/jieba.ts';
import { standardTokenizer } from './tokenizers/standard.ts';

/**
 * The analyzer of `analyzer_params`: a built-in one (`{"type": "standard" | "english" | "chinese", "stop_words": [...]}`) or one put together
 * (`{"tokenizer": ..., "filter": [...]}`); without anything `standard`. Throws `parameterInvalid` in Milvus' words (tantivy-binding, analyzer.rs) or `notSupported`.
 */
export function parseAnalyzer(text: string): Analyzer {
  const params = text.trim() === '' ? {} : parseObject(text);
  if (Object.keys(params).length === 0) return builtIn('standard', new Set());
  const { type, tokenizer, filter = [], ...others } = params;
  if (type !== undefined) {
    if (typeof type !== 'string') throw invalid('analyzer type should be string');
    return builtIn(type, stopWordsOf(stringList(params['stop_words'] ?? [], 'filter stop_words')));
  }
  if (tokenizer === undefined) throw invalid('tokenizer name or type must be set');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(`unknown analyzer option key: ${unknown}`);
  if (!Array.isArray(filter)) throw invalid('filter params should be array');
  return new Analyzer(parseTokenizer(tokenizer), filter.map(parseTokenFilter));
}

function builtIn(type: string, stopWords: ReadonlySet<string>): Analyzer {
  const lowercase = SIMPLE_FILTERS.get('lowercase')!;
  const stops = stopWords.size > 0 ? [stopFilter(stopWords)] : [];
  switch (type) {
    case 'standard':
      return new Analyzer(standardTokenizer, [lowercase, ...stops]);
    case 'english': {
      // Milvus leaves the words out after stemming; its stemmer keeps them as they are, ours may not.
      const english = stopFilter(new Set(ENGLISH_STOP_WORDS));
      return new Analyzer(standardTokenizer, [lowercase, english, stemmerFilter('english'), english, ...stops]);
    }
    case 'chinese': {
      const jieba = jiebaTokenizer({ words: ['_default_'], mode: 'search', guessesWords: true });
      return new Analyzer(jieba, [SIMPLE_FILTERS.get('cnalphanumonly')!, ...stops]);
    }
    default:
      throw invalid(`unknown build-in analyzer type: ${type}`);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `analyzer params are not JSON: ${text}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('params should be a json map');
  return value as Record<string, unknown>;
}
