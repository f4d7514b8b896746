import type { Column } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn, vectorColumn } from '../../../core/columns/column-operations.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType, isDenseVector } from '../../../core/schema/data-type.ts';

/** A stored row. `values` has one entry per field id: bigint, number, string, a JSON text, or number[] for a vector. */
export interface Row {
  readonly key: bigint | string;
  readonly timestamp: bigint;
  readonly partitionId: number;
  readonly values: ReadonlyMap<number, unknown>;
}

export function columnOf(field: FieldSchema, rows: readonly Row[]): Column {
  const values = rows.map((row) => row.values.get(field.id));
  if (isDenseVector(field.dataType)) {
    const floats = Float32Array.from((values as number[][]).flat());
    return vectorColumn(field.dataType, field.dimension!, field.dimension! * 4, new Uint8Array(floats.buffer));
  }
  switch (field.dataType) {
    case DataType.Int64:
      return fixedColumn(field.dataType, BigInt64Array.from(values as bigint[]));
    case DataType.VarChar:
    case DataType.JSON:
      return bytesColumnFrom(field.dataType, values as string[]);
    default:
      throw new Error(`the fake has no columns of type ${field.dataType}`);
  }
}

/** Rows out of the columns of an insert. */
export function rowsOf(
  columns: ReadonlyMap<number, Column>,
  rowCount: number,
  primary: FieldSchema,
  common: { readonly timestamp: bigint; readonly partitionId: number; readonly autoKey: () => bigint },
): Row[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const values = new Map(Array.from(columns, ([id, column]) => [id, valueAt(column, row)]));
    if (!values.has(primary.id)) values.set(primary.id, common.autoKey());
    return {
      key: values.get(primary.id) as bigint,
      timestamp: common.timestamp,
      partitionId: common.partitionId,
      values,
    };
  });
}

function valueAt(column: Column, row: number): unknown {
  switch (column.kind) {
    case 'fixed':
      return column.values[row];
    case 'bytes':
      return new TextDecoder().decode(column.bytes.subarray(column.offsets[row]!, column.offsets[row + 1]!));
    case 'vector': {
      const bytes = column.data.slice(row * column.rowBytes, (row + 1) * column.rowBytes);
      return [...new Float32Array(bytes.buffer)];
    }
  }
}
