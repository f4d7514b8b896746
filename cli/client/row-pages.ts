import { BraidError } from '../../core/errors.ts';
import { stringifyExactly } from '../../core/rows/int64.ts';
import type { ApiClient } from './api-client.ts';
import { CLIENT_LIMITS } from './limits.ts';

export type Key = string | number | bigint;

export interface PagesRequest {
  readonly collection: string;
  readonly primaryName: string;
  /** Empty: all rows. */
  readonly filter: string;
  readonly outputFields: readonly string[];
  /** Undefined: all. */
  readonly partitions?: readonly string[];
  /** Rows with larger keys only. */
  readonly after: Key | undefined;
}

/** Some rows, and each of them as a line of JSON. */
export interface RowPage {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly lines: readonly string[];
}

/**
 * All rows that pass a filter, by ascending primary key; page by page, every page read Strong. A row that is there and unchanged from the first page to
 * the last comes once; what is written meanwhile may come or not. Pages grow to some megabytes.
 */
export async function* rowPages(client: ApiClient, request: PagesRequest): AsyncGenerator<RowPage> {
  const { collection, primaryName, outputFields, partitions } = request;
  let { after } = request;
  let limit: number = CLIENT_LIMITS.firstPageRows;
  for (;;) {
    const rows = await client.call<readonly Readonly<Record<string, unknown>>[]>('entities/query', {
      collectionName: collection,
      filter: filterAfter(request, after),
      outputFields,
      ...(partitions && { partitionNames: partitions }),
      limit,
      consistencyLevel: 'Strong',
    });
    if (rows.length === 0) return;
    for (const row of rows) {
      const key = row[primaryName] as Key;
      if (after !== undefined && !isAfter(key, after))
        throw new BraidError('unexpected', `the server gave key ${key} after ${after}: it does not order rows by key`);
      after = key;
    }
    const lines = rows.map((row) => stringifyExactly(row));
    yield { rows, lines };
    if (rows.length < limit) return;
    const characters = lines.reduce((sum, line) => sum + line.length, 0);
    const fitting = Math.floor((CLIENT_LIMITS.pageCharacters * rows.length) / characters);
    limit = Math.max(1, Math.min(CLIENT_LIMITS.pageRowsMax, fitting));
  }
}

/** The filter of the rows that come after a key. */
export function filterAfter(
  { primaryName, filter }: Pick<PagesRequest, 'primaryName' | 'filter'>,
  after?: Key,
): string {
  if (after === undefined) return filter;
  const later = `${primaryName} > ${typeof after === 'string' ? JSON.stringify(after) : after}`;
  return filter.trim() === '' ? later : `(${filter}) and ${later}`;
}

/** Texts are ordered by their bytes. */
function isAfter(key: Key, before: Key): boolean {
  if (typeof key === 'string' || typeof before === 'string')
    return Buffer.compare(Buffer.from(String(key)), Buffer.from(String(before))) > 0;
  return key > before;
}
