import type { Column } from '../../../core/columns/column.ts';
import { emptyColumn, gatherColumn, pickRows } from '../../../core/columns/column-operations.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { isDenseVector, vectorRowBytes } from '../../../core/schema/data-type.ts';

/** The rows of a merge: row `rows[i]` of list `lists[i]`. */
export interface MergedRows {
  readonly lists: Uint32Array;
  readonly rows: Uint32Array;
}

/**
 * A field's values at merged rows. `columns` has one column per list; lists no row was taken from may lack theirs. No rows at all give an empty column.
 */
export function gatherField(field: FieldSchema, columns: readonly (Column | undefined)[], merged: MergedRows): Column {
  if (merged.rows.length === 0) return emptyOf(field);
  const [only] = columns;
  if (columns.length === 1) return gatherColumn(only!, merged.rows);
  // A column without rows does not know its width, so it must not take part.
  const places = new Uint32Array(columns.length);
  const used: Column[] = [];
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    if (column && column.rowCount > 0) places[i] = used.push(column) - 1;
  }
  return pickRows(
    used,
    used.length === columns.length ? merged.lists : merged.lists.map((list) => places[list]!),
    merged.rows,
  );
}

function emptyOf(field: FieldSchema): Column {
  if (!isDenseVector(field.dataType)) return emptyColumn(field.dataType, 0, 0, 0, false);
  return emptyColumn(field.dataType, 0, vectorRowBytes(field.dataType, field.dimension!), field.dimension, false);
}
