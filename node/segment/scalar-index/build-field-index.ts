import { type BytesColumn, isPresent } from '../../../core/columns/column.ts';
import { arrayElements } from '../../../core/filter/array/array-elements.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { CHUNK_SHIFT, type ColumnChunks } from '../column-chunks.ts';
import type { TimeSlice } from '../time-slice.ts';
import { type Items, NumberItems, TextItems } from './index-items.ts';
import type { NumberIndex } from './number-index.ts';
import type { TextIndex } from './text-index.ts';

/**
 * An index over a scalar field or over the elements of an Array field. What is heavy, the sorting, is done on a thread of the pool; the rest in slices of
 * the event loop. Undefined for a type that has no order.
 */
export async function buildFieldIndex(
  field: FieldSchema,
  chunks: ColumnChunks,
  rowCount: number,
  slice: TimeSlice,
): Promise<NumberIndex | TextIndex | undefined> {
  const isArray = field.dataType === DataType.Array;
  const valueType = isArray ? field.elementType! : field.dataType;
  const items =
    valueType === DataType.VarChar ? new TextItems() : isNumeric(valueType) ? new NumberItems(valueType) : undefined;
  if (!items) return undefined;
  for (let chunk = 0; chunk < chunks.chunkCount; chunk++) {
    const column = chunks.chunk(chunk);
    const firstRow = chunk << CHUNK_SHIFT;
    if (isArray) addElements(items, column as BytesColumn, valueType, firstRow);
    else
      for (let row = 0; row < column.rowCount; row++)
        if (isPresent(column, row)) items.add(column, row, firstRow + row);
    if (slice.isOver()) await slice.next();
  }
  return items.build(rowCount, !isArray, slice);
}

function addElements(items: Items, array: BytesColumn, elementType: DataType, firstRow: number): void {
  const { elements, starts } = arrayElements(array, elementType);
  for (let row = 0; row < array.rowCount; row++) {
    for (let place = starts[row]!; place < starts[row + 1]!; place++) items.add(elements, place, firstRow + row);
  }
}

function isNumeric(dataType: DataType): boolean {
  return dataType <= DataType.Double || dataType === DataType.Timestamptz;
}
