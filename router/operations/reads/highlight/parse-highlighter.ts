import { BraidError } from '../../../../core/errors.ts';
import { isRecord } from '../../../../core/rows/is-record.ts';
import type { HighlightOptions } from '../../../../core/text/highlight.ts';

/** A highlighter as it was sent. */
export interface HighlighterInput {
  readonly type: 'Lexical' | 'Semantic';
  /** Values are JSON texts. */
  readonly params: ReadonlyMap<string, string>;
}

export interface Highlighter {
  readonly options: HighlightOptions;
  /** The words that were searched for, in the field that BM25 reads. */
  readonly marksSearchText: boolean;
  /** Further words by field. */
  readonly queries: readonly { readonly field: string; readonly text: string }[];
}

/** Milvus' defaults (internal/proxy/highlighter.go). */
const DEFAULTS = { fragmentSize: 100, fragmentsMax: 5, preTags: ['<em>'], postTags: ['</em>'] } as const;

/** Throws `parameterInvalid` in Milvus' words. */
export function parseHighlighter({ type, params }: HighlighterInput): Highlighter {
  if (type !== 'Lexical') {
    throw new BraidError('notSupported', `highlighters of type ${type} are not supported by this server`);
  }
  return {
    options: {
      preTags: tags('pre_tags', params) ?? DEFAULTS.preTags,
      postTags: tags('post_tags', params) ?? DEFAULTS.postTags,
      fragmentOffset: count('fragment_offset', params, 0) ?? 0,
      fragmentSize: count('fragment_size', params, 1) ?? DEFAULTS.fragmentSize,
      fragmentsMax: count('num_of_fragments', params, 0) ?? DEFAULTS.fragmentsMax,
    },
    marksSearchText: /^(true|1|t)$/i.test(params.get('highlight_search_text') ?? ''),
    queries: queries(params.get('highlight_query')),
  };
}

function tags(name: string, params: HighlighterInput['params']): readonly string[] | undefined {
  const text = params.get(name);
  if (text === undefined) return undefined;
  const value = parseArray(name, text);
  if (value.length === 0) throw invalid(`${name} cannot be empty list`);
  if (!value.every((tag) => typeof tag === 'string'))
    throw invalid(`unmarshal ${name} as string array failed: ${text}`);
  return value;
}

function count(name: string, params: HighlighterInput['params'], min: number): number | undefined {
  const text = params.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw invalid(`invalid ${name}: ${text}`);
  return value;
}

function queries(text: string | undefined): Highlighter['queries'] {
  if (text === undefined) return [];
  return parseArray('highlight_query', text).map((query) => {
    const failed = (why: string) => invalid(`unmarshal highlight queries failed: ${why}`);
    if (!isRecord(query)) throw failed('item in array is not json object');
    for (const key of ['text', 'type', 'field']) {
      if (query[key] === undefined) throw failed(`must set \`${key}\` in query`);
      if (typeof query[key] !== 'string') throw failed(`\`${key}\` must be string`);
    }
    if (query['type'] !== 'TextMatch') throw failed(`invalid highlight query type: ${query['type']}`);
    return { field: query['field'] as string, text: query['text'] as string };
  });
}

function parseArray(name: string, text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `unmarshal ${name} as json array failed: ${text}`, { cause });
  }
  if (Array.isArray(value)) return value;
  throw invalid(`unmarshal ${name} as json array failed: ${text}`);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
