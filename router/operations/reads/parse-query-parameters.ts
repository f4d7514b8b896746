import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { parseFlag, parseWholeNumber } from './parse-number.ts';
import { checkWindow, parseOffset } from './parse-search-parameters.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';

export interface QueryParameters {
  /** 0: all rows. */
  readonly limit: number;
  readonly offset: number;
  readonly ignoreGrowing: boolean;
}

/** `iterator` is fine: its pages are plain queries by key with a limit. */
const UNSUPPORTED = ['group_by_field'] as const;

export function parseQueryParameters(given: ReadonlyMap<string, string>): QueryParameters {
  refuseUnsupported('query', given, UNSUPPORTED);
  const limit = parseLimit(given.get('limit'));
  const offset = parseOffset(given.get('offset'));
  if (limit > 0) checkWindow(offset, limit);
  // Milvus: an offset without a limit says nothing.
  return { limit, offset: limit === 0 ? 0 : offset, ignoreGrowing: parseFlag(given.get('ignore_growing')) };
}

function parseLimit(text: string | undefined): number {
  if (text === undefined || text.trim() === '' || text === 'null') return 0;
  const limit = parseWholeNumber(text);
  if (limit === undefined) throw new BraidError('parameterInvalid', `limit [${text}] is invalid`);
  // pymilvus sends -1 for none.
  if (limit === -1) return 0;
  if (limit < 1) throw new BraidError('parameterInvalid', `limit [${limit}] is invalid, should be greater than 0`);
  if (limit > LIMITS.resultWindowMax) checkWindow(0, limit);
  return limit;
}
