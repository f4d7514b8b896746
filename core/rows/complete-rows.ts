import type { BytesColumn, Column, ColumnBatch } from '../columns/column.ts';
import { pickRows } from '../columns/column-operations.ts';
import { type CollectionSchema, type FieldSchema, functionOfOutput } from '../schema/collection-schema.ts';
import { changeArrays, type FieldOperation } from './array-operations.ts';
import { checkStructs } from './check-structs.ts';
import { absentColumn, nullColumn } from './fill-nulls.ts';
import { functionOutputs } from './function-outputs.ts';
import { mergeDocuments } from './merge-documents.ts';

/** Rows that are stored, as a partial upsert finds them. */
export interface OldRows {
  /** By field id; fields that every row sends anew may be missing. */
  readonly columns: ReadonlyMap<number, Column>;
  /** Per row of the request: its row in the columns; -1 where there is none. */
  readonly rowOf: Int32Array;
}

/**
 * The rows of a partial upsert with all their fields: what was sent, else what is stored, else, for a key that is not there, the default or null. Dynamic keys that were not sent stay. Outputs
 * of functions are computed anew. Throws `parameterInvalid` for a new row without a required field.
 */
export async function completeRows(
  schema: CollectionSchema,
  sent: ColumnBatch,
  old: OldRows,
  operations: ReadonlyMap<number, FieldOperation>,
): Promise<ColumnBatch> {
  const columns = new Map<number, Column>();
  for (const field of schema.fields) {
    if (functionOfOutput(schema, field.id)) continue;
    const given = sent.columns.get(field.id);
    const operation = operations.get(field.id) ?? 'replace';
    if (given && operation !== 'replace') {
      const before = oldColumn(field, old, (count) => nullColumn(field, count)) as BytesColumn;
      columns.set(field.id, changeArrays(field, operation, before, given as BytesColumn));
    } else if (given && field.isDynamic) {
      const before = oldColumn(field, old, (count) => absentColumn(field, count));
      columns.set(field.id, mergeDocuments(before as BytesColumn, given as BytesColumn));
    } else columns.set(field.id, given ?? oldColumn(field, old, (count) => absentColumn(field, count)));
  }
  checkStructs(schema, columns);
  for (const [fieldId, column] of await functionOutputs(schema, columns)) columns.set(fieldId, column);
  return { rowCount: sent.rowCount, columns };
}

/** The stored values in the order of the request; `fill` gives values for keys that are not there. */
function oldColumn(field: FieldSchema, { columns, rowOf }: OldRows, fill: (rowCount: number) => Column): Column {
  const isMissing = rowOf.some((row) => row < 0);
  const stored = columns.get(field.id);
  if (!isMissing) return pickRows([stored!], new Uint32Array(rowOf.length), Uint32Array.from(rowOf));
  const filler = fill(1);
  if (!stored || stored.rowCount === 0)
    return pickRows([filler], new Uint32Array(rowOf.length), new Uint32Array(rowOf.length));
  const lists = Uint32Array.from(rowOf, (row) => (row < 0 ? 1 : 0));
  return pickRows(
    [stored, filler],
    lists,
    Uint32Array.from(rowOf, (row) => Math.max(0, row)),
  );
}
