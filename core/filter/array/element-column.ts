import type { BytesColumn, Column } from '../../columns/column.ts';
import { bytesColumn, fixedArrayOf, fixedColumn, gatherColumn } from '../../columns/column-operations.ts';
import type { DataType } from '../../schema/data-type.ts';
import { arrayElements } from './array-elements.ts';

/** One element of every row as a column. */
export interface ElementColumn {
  /** Null where the array is. */
  readonly column: Column;
  /** One byte per row: 0 where the array is too short, so that the column holds a placeholder. */
  readonly present: Uint8Array;
}

export function elementColumn(array: BytesColumn, elementType: DataType, index: number): ElementColumn {
  const { elements, starts } = arrayElements(array, elementType);
  const { rowCount } = array;
  const present = new Uint8Array(rowCount);
  const places = new Uint32Array(rowCount);
  // Without any element there is no placeholder to point at.
  if (elements.rowCount === 0) return { column: emptyLike(elements, rowCount, array.valid), present };
  for (let row = 0; row < rowCount; row++) {
    const place = starts[row]! + index;
    if (place >= starts[row + 1]!) continue;
    places[row] = place;
    present[row] = 1;
  }
  return { column: { ...gatherColumn(elements, places), valid: array.valid }, present };
}

function emptyLike(elements: Column, rowCount: number, valid: Uint8Array | undefined): Column {
  const arrayType = fixedArrayOf(elements.dataType);
  if (arrayType) return fixedColumn(elements.dataType, new arrayType(rowCount), valid);
  return bytesColumn(elements.dataType, new Uint32Array(rowCount + 1), new Uint8Array(0), valid);
}
