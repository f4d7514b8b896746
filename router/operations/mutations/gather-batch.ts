import type { ColumnBatch } from '../../../core/columns/column.ts';
import { gatherColumn } from '../../../core/columns/column-operations.ts';

/** Some rows of a batch, in the order given. */
export function gatherBatch(batch: ColumnBatch, rows: Uint32Array): ColumnBatch {
  const columns = new Map(Array.from(batch.columns, ([fieldId, column]) => [fieldId, gatherColumn(column, rows)]));
  return { rowCount: rows.length, columns };
}
