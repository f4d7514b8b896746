import type { Column, PrimaryKey } from '../../../../core/columns/column.ts';
import { gatherColumn, keyAt } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { primaryField } from '../../../../core/schema/collection-schema.ts';
import { keysOfColumn } from '../../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { type RowsFound, type RowsRequest, readRows } from '../read-rows.ts';
import type { ReadRun } from '../read-run.ts';
import { firstRows, rowRange } from './first-rows.ts';
import type { OrderTerm } from './parse-order.ts';

/**
 * Rows in the order of values instead of keys, offset and limit counted in that order; rows that are equal in all of them by ascending key. The fields to order by are read of all
 * rows that pass, the others of those that are wanted: a row that is deleted in between is left out.
 */
export async function readOrdered(
  cluster: Cluster,
  request: RowsRequest,
  order: readonly OrderTerm[],
  run: ReadRun,
): Promise<RowsFound> {
  const { offset, limit, fields } = request;
  const primary = primaryField(request.target.collection.schema);
  const orderFields = [...new Set(order.map(({ field }) => field))].filter((field) => field !== primary);
  const all = await readRows(cluster, { ...request, offset: 0, limit: 0, fields: orderFields }, run);
  const columnOf = (field: OrderTerm['field']): Column =>
    field === primary ? all.keys : all.columns[orderFields.indexOf(field)]!;
  const { rowCount } = all.keys;
  if (limit === 0 && rowCount > LIMITS.resultWindowMax) {
    throw new BraidError(
      'parameterInvalid',
      `order_by_fields needs a limit for more than ${LIMITS.resultWindowMax} rows, the filter passes ${rowCount}`,
    );
  }
  const columns = order.map((term) => ({ ...term, column: columnOf(term.field) }));
  const first = await firstRows(columns, rowRange(0, rowCount), limit === 0 ? rowCount : offset + limit);
  const keys = gatherColumn(all.keys, first.subarray(offset));
  const { sessionTimestamp, oldestTimestamp } = all;
  if (fields.every((field) => orderFields.includes(field))) {
    const shown = fields.map((field) => gatherColumn(columnOf(field), first.subarray(offset)));
    return { keys, columns: shown, count: keys.rowCount, sessionTimestamp, oldestTimestamp };
  }
  const byKey = { ...request, filter: undefined, templates: undefined, keys: keysOfColumn(keys), offset: 0, limit: 0 };
  const found = await readRows(cluster, byKey, run);
  return { ...inOrderOf(keys, found), sessionTimestamp, oldestTimestamp };
}

function inOrderOf(keys: Column, found: RowsFound): Pick<RowsFound, 'keys' | 'columns' | 'count'> {
  const places = new Map<PrimaryKey, number>();
  for (let row = 0; row < found.keys.rowCount; row++) places.set(keyAt(found.keys, row), row);
  const rows: number[] = [];
  for (let i = 0; i < keys.rowCount; i++) {
    const row = places.get(keyAt(keys, i));
    if (row !== undefined) rows.push(row);
  }
  const order = Uint32Array.from(rows);
  return {
    keys: gatherColumn(found.keys, order),
    columns: found.columns.map((column) => gatherColumn(column, order)),
    count: rows.length,
  };
}
