import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import type { Grouping } from './group/grouping.ts';
import { checkGroupWindow, parseGrouping } from './group/parse-grouping.ts';
import { type Iteration, parseIteration } from './iterate/parse-iteration.ts';
import { type OrderTerm, parseOrder } from './order/parse-order.ts';
import { parseFlag, parseWholeNumber } from './parse-number.ts';
import { parseTuning, type SearchTuning } from './parse-tuning.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';

export interface SearchParameters {
  /** Empty: the only vector field. */
  readonly fieldName: string;
  readonly limit: number;
  readonly offset: number;
  /** Empty: the index's. */
  readonly metricType: string;
  /** Decimals to round scores to; undefined: not at all. */
  readonly roundDecimal: number | undefined;
  readonly ignoreGrowing: boolean;
  readonly tuning: SearchTuning;
  readonly grouping: Grouping | undefined;
  /** Of the nearest `offset` + `limit` hits (or groups); empty: by distance. */
  readonly order: readonly OrderTerm[];
  /** BM25: which of the field's analyzers; empty: the default one. */
  readonly analyzerName: string;
  /** No row may be missed: an iterator's page. */
  readonly isExact: boolean;
  readonly iteration: Iteration | undefined;
  readonly radius: number | undefined;
  readonly rangeFilter: number | undefined;
}

/** Parameters that change the answer and that this server has not. Those that are false or empty do not count. */
const UNSUPPORTED = ['group_by_fields'] as const;

/** Reads what clients send: numbers in quotes or not, index parameters inside `params` (a JSON text) or beside it. Throws in Milvus' words (internal/proxy/search_util.go, `parseSearchInfo`). */
export function parseSearchParameters(given: ReadonlyMap<string, string>, schema: CollectionSchema): SearchParameters {
  refuseUnsupported('search', given, UNSUPPORTED);
  const inner = parseInner(given.get('params'));
  const text = (name: string): string | undefined => inner[name] ?? given.get(name);
  const limit = parseLimit(given.get('topk') ?? given.get('limit'));
  const offset = parseOffset(given.get('offset'));
  checkWindow(offset, limit);
  const grouping = parseGrouping(text, schema);
  if (grouping) checkGroupWindow(grouping, offset, limit);
  const iteration = parseIteration(text, limit);
  if (iteration && grouping) throw invalid('Not allowed to do groupBy when doing iteration');
  if (iteration && offset > 0) throw invalid('Setting an offset is not permitted when using a search iterator v2');
  const order = parseOrder(text('order_by_fields'), schema);
  if (iteration && order.length > 0) throw invalid('order_by is not supported when using search iterator');
  return {
    grouping,
    order,
    iteration,
    isExact: iteration !== undefined,
    fieldName: unquoted(given.get('anns_field') ?? ''),
    limit,
    offset,
    metricType: unquoted(given.get('metric_type') ?? inner['metric_type'] ?? ''),
    roundDecimal: parseRoundDecimal(given.get('round_decimal')),
    ignoreGrowing: parseFlag(text('ignore_growing')),
    tuning: parseTuning(text, offset + limit),
    analyzerName: unquoted(text('analyzer_name') ?? ''),
    radius: parseScore('radius', text('radius')),
    rangeFilter: parseScore('range_filter', text('range_filter')),
  };
}

/** The window of a limited read: both SDKs pin these words. */
export function checkWindow(offset: number, limit: number): void {
  if (offset + limit <= LIMITS.resultWindowMax) return;
  throw invalid(`(offset+limit) should be in range [1, ${LIMITS.resultWindowMax}], but got ${offset + limit}`);
}

export function parseOffset(text: string | undefined): number {
  if (text === undefined || text.trim() === '') return 0;
  const offset = parseWholeNumber(text);
  if (offset === undefined) throw invalid(`offset [${text}] is invalid`);
  if (offset < 0) throw invalid(`offset [${offset}] is invalid, should be gte than 0`);
  return offset;
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) throw invalid('topk is required');
  const limit = parseWholeNumber(text);
  if (limit === undefined) throw invalid(`topk [${text}] is invalid`);
  if (limit < 1 || limit > LIMITS.topKMax) {
    throw invalid(`topk [${limit}] is invalid, it should be in range [1, ${LIMITS.topKMax}], but got ${limit}`);
  }
  return limit;
}

export function parseRoundDecimal(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const decimals = parseWholeNumber(text);
  if (decimals === undefined || decimals < -1 || decimals > LIMITS.roundDecimalMax) {
    throw invalid(
      `round_decimal [${text}] is invalid, should be -1 or an integer in range [0, ${LIMITS.roundDecimalMax}]`,
    );
  }
  return decimals === -1 ? undefined : decimals;
}

function parseScore(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === 'null') return undefined;
  const score = Number(unquoted(text));
  if (!Number.isFinite(score)) throw invalid(`param '${name}' (${text}) is not a number`);
  return score;
}

/** The entries of `params` as texts. */
export function parseInner(text: string | undefined): Readonly<Record<string, string | undefined>> {
  if (text === undefined || text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `search params are not JSON: ${text}`, { cause });
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(`search params are not a JSON object: ${text}`);
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    typeof inner === 'string' ? inner : JSON.stringify(inner),
  ]);
  return Object.fromEntries(entries);
}

export function unquoted(text: string): string {
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
