import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { GroupScorer } from '../../../core/rank/group-window.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';
import type { Grouping } from './group/grouping.ts';
import { checkGroupWindow, parseGrouping } from './group/parse-grouping.ts';
import { parseOrder } from './order/parse-order.ts';
import { parseWholeNumber } from './parse-number.ts';
import { checkWindow, parseInner, parseOffset, parseRoundDecimal, unquoted } from './parse-search-parameters.ts';
import { parseStrategy } from './rank/parse-ranker.ts';
import type { Ranker } from './rank/ranker.ts';

/** What a hybrid search says of the whole. */
export interface RankParameters {
  readonly ranker: Ranker;
  readonly limit: number;
  readonly offset: number;
  readonly roundDecimal: number | undefined;
  readonly grouping: Grouping | undefined;
  readonly groupScorer: GroupScorer;
}

/** `strategy`, `params` (a JSON text), `limit`, `offset`, `round_decimal`; values in quotes or not. Throws in Milvus' words. */
export function parseRankParameters(given: ReadonlyMap<string, string>, schema: CollectionSchema): RankParameters {
  const limit = parseLimit(given.get('limit'));
  const offset = parseOffset(given.get('offset'));
  checkWindow(offset, limit);
  const grouping = parseGrouping((name) => given.get(name), schema);
  if (grouping) checkGroupWindow(grouping, offset, limit);
  if (parseOrder(given.get('order_by_fields'), schema).length > 0) throw refuseOrder();
  const strategy = unquoted(given.get('strategy') ?? '').toLowerCase();
  return {
    ranker: parseStrategy(strategy, parseInner(given.get('params'))),
    limit,
    offset,
    grouping,
    groupScorer: parseScorer(given.get('rank_group_scorer')),
    roundDecimal: parseRoundDecimal(given.get('round_decimal')),
  };
}

/** As in Milvus 3.0. */
export function refuseOrder(): BraidError {
  return new BraidError('parameterInvalid', 'order_by is not supported for hybrid search');
}

function parseScorer(text: string | undefined): GroupScorer {
  const scorer = unquoted(text ?? 'max').toLowerCase();
  if (scorer === 'max' || scorer === 'sum' || scorer === 'avg') return scorer;
  throw new BraidError('parameterInvalid', `input group scorer type: ${scorer} is not supported!`);
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) throw new BraidError('parameterInvalid', 'limit not found in rank_params');
  const limit = parseWholeNumber(text);
  if (limit === undefined || limit < 1 || limit > LIMITS.topKMax) {
    throw new BraidError(
      'parameterInvalid',
      `limit [${text}] is invalid, it should be in range [1, ${LIMITS.topKMax}], but got ${text}`,
    );
  }
  return limit;
}
