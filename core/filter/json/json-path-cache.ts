import type { BytesColumn } from '../../columns/column.ts';
import { FILTER_LIMITS } from '../filter.ts';
import type { JsonPath } from './json-path.ts';
import { JsonPathColumn } from './json-path-column.ts';

/**
 * What was taken out of a column lives as long as the column object: no state of its own, only work not done twice. A segment that gives out the
 * same column objects pays for a path once; a new object for the same rows pays again.
 */
const EXTRACTED = new WeakMap<BytesColumn, Map<string, JsonPathColumn>>();

/** The values of a path in a JSON column. At most jsonPathsPerColumnMax paths are kept per column, the ones used last. */
export function jsonPathColumn(column: BytesColumn, path: JsonPath): JsonPathColumn {
  let paths = EXTRACTED.get(column);
  if (!paths) {
    paths = new Map();
    EXTRACTED.set(column, paths);
  }
  const values = paths.get(path.id) ?? new JsonPathColumn(column, path);
  paths.delete(path.id);
  paths.set(path.id, values);
  if (paths.size > FILTER_LIMITS.jsonPathsPerColumnMax) paths.delete(paths.keys().next().value!);
  return values;
}
