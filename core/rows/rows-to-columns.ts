import { textColumn } from '../columns/text-column.ts';
import { BraidError } from '../errors.ts';
import { DYNAMIC_FIELD_NAME, type FieldSchema } from '../schema/collection-schema.ts';
import { DataType } from '../schema/data-type.ts';
import type { InputColumn } from './input-column.ts';
import { stringifyExactly } from './int64.ts';
import { isRecord } from './is-record.ts';
import { expandStructs } from './struct-values.ts';
import { valuesToColumn } from './values-to-column.ts';

/**
 * Rows of JSON as columns, full length. A field that no row has gives no column: whether that is allowed is for the operation to say. Keys that are no fields
 * go into `$meta` where the collection has it, and are an error where not.
 */
export function rowsToColumns(
  rows: readonly unknown[],
  fields: readonly FieldSchema[],
  enableDynamicField: boolean,
): InputColumn[] {
  const records = expandStructs(rows, fields).map((row, index) => {
    if (isRecord(row)) return row;
    throw new BraidError('restInsertInvalid', `row ${index} of data is not an object`);
  });
  const columns = fields.flatMap((field) => columnOf(records, field) ?? []);
  const known = new Set(fields.map(({ name }) => name));
  if (enableDynamicField) return [...columns, dynamicColumn(records, known)];
  refuseUnknownKeys(records, known);
  return columns;
}

function columnOf(records: readonly Record<string, unknown>[], field: FieldSchema): InputColumn | undefined {
  const { name } = field;
  // Fields may be called `constructor`, which every object seems to have.
  const isGiven = records.some((record) => Object.hasOwn(record, name));
  if (!isGiven) return undefined;
  return columnOfValues(
    field,
    records.map((record) => (Object.hasOwn(record, name) ? record[name] : undefined)),
  );
}

/** One value of JSON per row as a column, full length; `null` and `undefined` are null. */
export function columnOfValues(field: FieldSchema, given: readonly unknown[]): InputColumn {
  const values = new Array<unknown>(given.length).fill(undefined);
  const valid = new Uint8Array(given.length);
  let present = 0;
  for (let row = 0; row < given.length; row++) {
    const value = given[row];
    if (value === null || value === undefined) continue;
    values[row] = value;
    valid[row] = 1;
    present++;
  }
  const column = valuesToColumn(field, values);
  return {
    name: field.name,
    isDynamic: false,
    column,
    elementType: field.elementType,
    valid: present === given.length ? undefined : valid,
  };
}

function dynamicColumn(records: readonly Record<string, unknown>[], known: ReadonlySet<string>): InputColumn {
  const texts = records.map((record, row) => {
    const unknown = Object.entries(record).filter(([key]) => !known.has(key));
    if (unknown.some(([key]) => key === DYNAMIC_FIELD_NAME)) {
      throw new BraidError('restInsertInvalid', `row ${row}: ${DYNAMIC_FIELD_NAME} is not the name of a field`);
    }
    return unknown.length === 0 ? '{}' : stringifyExactly(Object.fromEntries(unknown));
  });
  return {
    name: DYNAMIC_FIELD_NAME,
    isDynamic: true,
    column: textColumn(DataType.JSON, texts),
    valid: undefined,
  };
}

function refuseUnknownKeys(records: readonly Record<string, unknown>[], known: ReadonlySet<string>): void {
  for (let row = 0; row < records.length; row++) {
    const unknown = Object.keys(records[row]!).find((key) => !known.has(key));
    if (unknown !== undefined) {
      throw new BraidError(
        'restInsertInvalid',
        `row ${row}: ${unknown} is not a field, and the collection has no dynamic field`,
      );
    }
  }
}
