import { type RowCodes, rowCodes } from '../../core/aggregate/group-table.ts';
import type { Column } from '../../core/columns/column.ts';
import { groupColumn, pointerOf } from '../../core/merge/group-key.ts';

/** Kept as long as the column object: segments give out the same ones, and rows never change. */
const KNOWN = new WeakMap<Column, Map<string, RowCodes>>();
/** Paths kept per chunk. */
const PATHS_MAX = 2;

/** The groups of a chunk's rows. */
export function chunkGroups(column: Column, path: readonly string[] | undefined): RowCodes {
  let paths = KNOWN.get(column);
  if (!paths) {
    paths = new Map();
    KNOWN.set(column, paths);
  }
  const id = pointerOf(path ?? []);
  const known = paths.get(id);
  if (known) return known;
  const groups = rowCodes(groupColumn(column, path));
  if (paths.size === PATHS_MAX) paths.delete(paths.keys().next().value!);
  paths.set(id, groups);
  return groups;
}
