import type { Column } from '../../core/columns/column.ts';
import { type GroupKey, groupColumn, groupKeyAt, pointerOf } from '../../core/merge/group-key.ts';

/** The groups of a chunk's rows: those that occur, and which of them each row belongs to. */
export interface ChunkGroups {
  readonly keys: readonly GroupKey[];
  /** Index into `keys` per row: a chunk has no more rows than this can count. */
  readonly codes: Uint16Array;
}

/** Kept as long as the column object: segments give out the same ones, and rows never change. */
const KNOWN = new WeakMap<Column, Map<string, ChunkGroups>>();
/** Paths kept per chunk. */
const PATHS_MAX = 2;

export function chunkGroups(column: Column, path: readonly string[] | undefined): ChunkGroups {
  let paths = KNOWN.get(column);
  if (!paths) {
    paths = new Map();
    KNOWN.set(column, paths);
  }
  const id = pointerOf(path ?? []);
  const known = paths.get(id);
  if (known) return known;
  const groups = groupsOf(groupColumn(column, path));
  if (paths.size === PATHS_MAX) paths.delete(paths.keys().next().value!);
  paths.set(id, groups);
  return groups;
}

function groupsOf(column: Column): ChunkGroups {
  const codeOf = new Map<GroupKey, number>();
  const keys: GroupKey[] = [];
  const codes = new Uint16Array(column.rowCount);
  for (let row = 0; row < codes.length; row++) {
    const key = groupKeyAt(column, row);
    let code = codeOf.get(key);
    if (code === undefined) {
      code = keys.push(key) - 1;
      codeOf.set(key, code);
    }
    codes[row] = code;
  }
  return { keys, codes };
}
