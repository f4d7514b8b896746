import { type BytesColumn, type Column, isPresent } from '../columns/column.ts';
import { bytesColumnFrom, textAt } from '../columns/column-operations.ts';
import { DataType } from '../schema/data-type.ts';

/** What rows are grouped by: equal for equal values. Null is a group like any other. */
export type GroupKey = number | bigint | string | null;

/** Integers below 2^53 are numbers, in whatever column they are: they are cheaper to compare. */
export function groupKeyAt(column: Column, row: number): GroupKey {
  if (!isPresent(column, row)) return null;
  if (column.kind === 'bytes') return textAt(column, row);
  if (column.kind !== 'fixed') throw new Error('vectors are no groups');
  const value = column.values[row]!;
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function groupKeysOf(column: Column): GroupKey[] {
  return Array.from({ length: column.rowCount }, (_, row) => groupKeyAt(column, row));
}

/**
 * The values to group by of a field's column: the column itself, or, of a JSON column, the values at a path as JSON texts: the number 1 and
 * the text "1" are two groups. Null where there is nothing at the path.
 */
export function groupColumn(column: Column, path: readonly string[] | undefined): Column {
  if (path === undefined) return column;
  const rows = Array.from({ length: column.rowCount }, (_, row) =>
    isPresent(column, row) ? valueText(textAt(column as BytesColumn, row), path) : undefined,
  );
  return bytesColumnFrom(DataType.VarChar, rows);
}

/** As JSON. */
function valueText(json: string, path: readonly string[]): string | undefined {
  let value: unknown = JSON.parse(json);
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  if (value === undefined || value === null) return undefined;
  return JSON.stringify(value);
}

/** What clients see of values at a path: a string as it is, anything else as JSON. */
export function shownGroups(column: Column): Column {
  const rows = Array.from({ length: column.rowCount }, (_, row) => {
    if (!isPresent(column, row)) return undefined;
    const text = textAt(column as BytesColumn, row);
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  });
  return bytesColumnFrom(DataType.VarChar, rows);
}

/** Steps of a JSON pointer (RFC 6901); undefined for the empty one. */
export function pointerSteps(pointer: string): readonly string[] | undefined {
  if (pointer === '') return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointerOf(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
