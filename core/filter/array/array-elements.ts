import { elementBytes } from '../../columns/array-values.ts';
import type { BytesColumn, Column } from '../../columns/column.ts';
import { bytesColumn, fixedArrayOf, fixedColumn } from '../../columns/column-operations.ts';
import { assert } from '../../errors.ts';
import { DataType } from '../../schema/data-type.ts';

/** The rows of an Array column laid out one after the other, so that whatever works on a column works on elements. */
export interface ArrayElements {
  /** Elements of all rows; none is null. */
  readonly elements: Column;
  /** rowCount + 1 entries: row r has the elements `starts[r] .. starts[r + 1]`. */
  readonly starts: Uint32Array;
}

/** Like the paths of JSON columns: work not done twice for as long as the column object lives. */
const FLATTENED = new WeakMap<BytesColumn, ArrayElements>();

/** Elements of fixed size are a view on the column's bytes where these are aligned; texts are copied together once per column object. */
export function arrayElements(column: BytesColumn, elementType: DataType): ArrayElements {
  const known = FLATTENED.get(column);
  if (known) return known;
  const flat = elementType === DataType.VarChar ? flattenTexts(column) : flattenFixed(column, elementType);
  FLATTENED.set(column, flat);
  return flat;
}

function flattenFixed(column: BytesColumn, elementType: DataType): ArrayElements {
  const arrayType = fixedArrayOf(elementType);
  const size = elementBytes(elementType);
  assert(arrayType && size, `${elementType} is a type of array elements`);
  const { offsets, rowCount } = column;
  const first = offsets[0]!;
  const bytes = column.bytes.subarray(first, offsets[rowCount]!);
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const values = new arrayType(aligned.buffer, aligned.byteOffset, aligned.length / size);
  const starts = new Uint32Array(rowCount + 1);
  for (let row = 0; row <= rowCount; row++) starts[row] = (offsets[row]! - first) / size;
  return { elements: fixedColumn(elementType, values), starts };
}

/** The layout of a row: core/columns/array-values.ts. */
function flattenTexts(column: BytesColumn): ArrayElements {
  const { bytes, offsets, rowCount } = column;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = new Uint32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) {
    const isEmpty = offsets[row] === offsets[row + 1];
    starts[row + 1] = starts[row]! + (isEmpty ? 0 : view.getUint32(offsets[row]!, true));
  }
  const ends = new Uint32Array(starts[rowCount]! + 1);
  const texts = new Uint8Array(offsets[rowCount]! - offsets[0]!);
  let end = 0;
  for (let row = 0, element = 0; row < rowCount; row++) {
    const count = starts[row + 1]! - starts[row]!;
    if (count === 0) continue;
    const header = offsets[row]! + UINT32_BYTES;
    const textStart = header + count * UINT32_BYTES;
    texts.set(bytes.subarray(textStart, offsets[row + 1]!), end);
    for (let i = 0; i < count; i++) ends[++element] = end + view.getUint32(header + i * UINT32_BYTES, true);
    end = ends[element]!;
  }
  return { elements: bytesColumn(DataType.VarChar, ends, texts), starts };
}

const UINT32_BYTES = 4;
