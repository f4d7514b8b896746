import type { Column } from '../columns/column.ts';
import { emptyColumn, gatherColumn } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { isDenseVector, vectorRowBytes } from '../schema/data-type.ts';
import { expandCompact } from './expand-compact.ts';
import type { InputColumn } from './input-column.ts';

/**
 * The column at full length: nulls become the field's default, or stay null where the field allows it. `input.column` has the field's stored type already.
 */
export function fillNulls(field: FieldSchema, input: InputColumn, rowCount: number): Column {
  const { column, valid: flags } = input;
  if (!flags) {
    if (column.rowCount !== rowCount) throw countMismatch(field, column.rowCount, rowCount);
    return column;
  }
  if (flags.length !== rowCount) throw countMismatch(field, flags.length, rowCount);
  const sentCount = flags.reduce((sum, flag) => sum + (flag === 1 ? 1 : 0), 0);
  const isFull = column.rowCount === rowCount;
  if (!isFull && column.rowCount !== sentCount) throw countMismatch(field, column.rowCount, rowCount);
  if (sentCount === rowCount) return column;
  const filler = field.isDynamic ? NO_KEYS : field.defaultValue;
  if (filler !== undefined) return expandCompact(isFull ? onlySet(column, flags) : column, flags, filler);
  if (!field.nullable)
    throw new BraidError(
      'parameterInvalid',
      `the field ${field.name} is not nullable and has no default value, but null values are given`,
    );
  const full = isFull ? column : expandCompact(column, flags, undefined);
  return { ...full, valid: Uint8Array.from(flags, (flag) => (flag === 1 ? 1 : 0)) };
}

/** The column of a field that was not sent. */
export function absentColumn(field: FieldSchema, rowCount: number): Column {
  const sent = emptyColumn(field.dataType, 0, 0, 0, false);
  const filler = field.isDynamic ? NO_KEYS : field.defaultValue;
  if (filler !== undefined) return expandCompact(sent, new Uint8Array(rowCount), filler);
  if (field.nullable) return nullColumn(field, rowCount);
  throw new BraidError(
    'parameterInvalid',
    `Insert missed an field \`${field.name}\` to collection without set nullable==true or set default_value`,
  );
}

/** A column of `rowCount` nulls, as wide as the field's vectors. */
export function nullColumn({ dataType, dimension = 0 }: FieldSchema, rowCount: number): Column {
  const rowBytes = isDenseVector(dataType) ? vectorRowBytes(dataType, dimension) : 0;
  return emptyColumn(dataType, rowCount, rowBytes, dimension);
}

/** The document of a row without dynamic keys. */
const NO_KEYS = '{}';

function onlySet(column: Column, flags: Uint8Array): Column {
  const rows = new Uint32Array(flags.length);
  let count = 0;
  for (let row = 0; row < flags.length; row++) if (flags[row] === 1) rows[count++] = row;
  return gatherColumn(column, rows.subarray(0, count));
}

function countMismatch(field: FieldSchema, given: number, expected: number): BraidError {
  return new BraidError(
    'parameterInvalid',
    `the num_rows (${given}) of field (${field.name}) is not equal to passed num_rows (${expected})`,
  );
}
