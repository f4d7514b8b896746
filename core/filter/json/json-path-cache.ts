import type { BytesColumn } from '../../columns/column.ts';
import { FILTER_LIMITS } from '../filter.ts';
import type { JsonPath } from './json-path.ts';
import { JsonPathColumn } from './json-path-column.ts';

/**
 * What was taken out of a column lives as long as the column object: no state of its own, only work not done twice. A segment that gives out the
 * same column objects pays for a path once; a new object for the same rows pays again.
 */
const EXTRACTED = new WeakMap<BytesColumn, Map<string, JsonPathColumn>>();

/**
 * The values of a path in a JSON column. What is kept for a column takes no more memory than the column does, so that JSON at most doubles;
 * but jsonPathsKeptMin paths are always kept. The ones used last stay.
 */
export function jsonPathColumn(column: BytesColumn, path: JsonPath): JsonPathColumn {
  let paths = EXTRACTED.get(column);
  if (!paths) {
    paths = new Map();
    EXTRACTED.set(column, paths);
  }
  const known = paths.get(path.id);
  if (known) {
    paths.delete(path.id);
    paths.set(path.id, known);
    return known;
  }
  const values = new JsonPathColumn(column, path);
  paths.set(path.id, values);
  forget(paths, column.offsets[column.rowCount]! - column.offsets[0]!);
  return values;
}

function forget(paths: Map<string, JsonPathColumn>, memoryBytesMax: number): void {
  let memoryBytes = 0;
  for (const values of paths.values()) memoryBytes += values.memoryBytes;
  for (const [id, values] of paths) {
    if (memoryBytes <= memoryBytesMax || paths.size <= FILTER_LIMITS.jsonPathsKeptMin) return;
    paths.delete(id);
    memoryBytes -= values.memoryBytes;
  }
}
