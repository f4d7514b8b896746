import { BraidError } from '../../../../core/errors.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { parseFlag, parseWholeNumber } from '../parse-number.ts';
import { BEGINNING, decodeToken, type IterationPlace } from './iteration-token.ts';

/** One page of a search iterator of the second kind. (Those of the first kind are plain range searches.) */
export interface Iteration {
  readonly batchSize: number;
  /** Where the last page ended. */
  readonly after: IterationPlace;
  /**
   * Whether the client sends the token of the last page (Node SDK) or always that of the first (pymilvus). Only the former can be told of a page that ends among rows of one
   * score. The Node SDK is known by the `guarantee_timestamp` among its search parameters.
   */
  readonly returnsTokens: boolean;
}

/** `search_iter_v2`, `search_iter_batch_size`, `search_iter_id`, `search_iter_last_bound`; undefined for a search that is no such page. */
export function parseIteration(text: (name: string) => string | undefined, limit: number): Iteration | undefined {
  if (!parseFlag(text('search_iter_v2'))) return undefined;
  const token = unquoted(text('search_iter_id'));
  const before = token === '' ? BEGINNING : decodeToken(token);
  const last = unquoted(text('search_iter_last_bound'));
  const bound = last === '' ? undefined : Math.fround(Number(last));
  if (Number.isNaN(bound)) throw invalid(`failed to parse input last bound: ${last} is not a number`);
  // The token of an older page says nothing of where the last one ended.
  const after = bound === before.bound ? before : { bound, key: undefined, givenCount: 0 };
  const returnsTokens = text('guarantee_timestamp') !== undefined;
  return { batchSize: parseBatchSize(text('search_iter_batch_size'), limit), after, returnsTokens };
}

function parseBatchSize(text: string | undefined, limit: number): number {
  const size = text === undefined ? limit : parseWholeNumber(text);
  if (size === undefined || size < 1 || size > LIMITS.topKMax) {
    throw invalid(`batch size is invalid, it should be in range [1, ${LIMITS.topKMax}], but got ${text}`);
  }
  return size;
}

function unquoted(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^null$/, '');
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
