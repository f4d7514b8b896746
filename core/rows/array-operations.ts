import { type ArrayElement, arrayLength, decodeArray, encodeArray } from '../columns/array-values.ts';
import { type BytesColumn, isPresent } from '../columns/column.ts';
import { bytesAt, bytesColumnFrom } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';

/** What a partial upsert does with a field: puts the sent value in the place of the old one, or changes the old array by the elements sent. */
export type FieldOperation = 'replace' | 'append' | 'remove';

/**
 * Arrays with the sent elements put behind the old ones, or with all elements taken out that equal a sent one. A row that is null on one side is as on the other, except that
 * nothing can be removed from null. Throws `parameterInvalid` for an array that becomes longer than the field allows.
 */
export function changeArrays(
  field: FieldSchema,
  operation: 'append' | 'remove',
  old: BytesColumn,
  sent: BytesColumn,
): BytesColumn {
  const elementType = field.elementType!;
  const rows = Array.from({ length: sent.rowCount }, (_, row) => {
    if (!isPresent(sent, row)) return isPresent(old, row) ? bytesAt(old, row) : undefined;
    if (!isPresent(old, row)) return operation === 'append' ? bytesAt(sent, row) : undefined;
    const before = decodeArray(elementType, bytesAt(old, row));
    const given = decodeArray(elementType, bytesAt(sent, row));
    return encodeArray(elementType, operation === 'append' ? [...before, ...given] : without(before, given));
  });
  const tooLong = rows.findIndex((row) => row !== undefined && arrayLength(elementType, row) > field.maxCapacity!);
  if (tooLong < 0) return bytesColumnFrom(field.dataType, rows);
  const length = arrayLength(elementType, rows[tooLong]!);
  throw new BraidError(
    'parameterInvalid',
    `the length (${length}) of ${tooLong}th array exceeds max capacity (${field.maxCapacity}), field name: ${field.name}`,
  );
}

function without(elements: readonly ArrayElement[], removed: readonly ArrayElement[]): ArrayElement[] {
  const set = new Set(removed);
  return elements.filter((element) => !set.has(element));
}
