import { type ArrayElement, decodeArray, encodeArray } from '../columns/array-values.ts';
import type { BytesColumn } from '../columns/column.ts';
import { bytesColumn, bytesColumnFrom } from '../columns/column-operations.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName } from '../schema/data-type.ts';
import { shortFloat } from './float32.ts';
import { parseJson } from './parse-json.ts';
import { scalarOf, unfit } from './scalar-value.ts';

/** Arrays of JSON, one per row, `undefined` for null, in the element type of the field. An array may also come as the text of its JSON. */
export function arrayValuesToColumn(field: FieldSchema, values: readonly unknown[]): BytesColumn {
  const elementType = field.elementType!;
  const rows = values.map((value, row) => {
    if (value === undefined) return EMPTY;
    const elements = typeof value === 'string' ? parsed(field, row, value) : value;
    if (!Array.isArray(elements)) throw unfit(field.name, row, `an array of ${dataTypeName(elementType)}`, value);
    return encodeArray(
      elementType,
      elements.map((element) => scalarOf(field.name, row, elementType, element)),
    );
  });
  const { offsets, bytes } = bytesColumnFrom(DataType.Array, rows);
  return bytesColumn(DataType.Array, offsets, bytes);
}

const EMPTY = new Uint8Array(0);

function parsed(field: FieldSchema, row: number, text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw unfit(field.name, row, `an array of ${dataTypeName(field.elementType!)}`, text);
  }
}

/** The elements for JSON; `int64` says how whole numbers of 64 bits are written. */
export function arrayValue(elementType: DataType, row: Uint8Array, int64: (value: bigint) => unknown): unknown[] {
  const elements = decodeArray(elementType, row);
  return elements.map((element: ArrayElement) => {
    if (typeof element === 'bigint') return int64(element);
    return elementType === DataType.Float ? shortFloat(element as number) : element;
  });
}
