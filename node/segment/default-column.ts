import type { Column, FixedValues } from '../../core/columns/column.ts';
import { bytesColumn, emptyColumn, fixedArrayOf, fixedColumn } from '../../core/columns/column-operations.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import { isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';

/** What rows without a value of a field read as: the field's default, `{}` for the dynamic field, else null. */
export function defaultColumn(field: FieldSchema, rowCount: number): Column {
  const { dataType } = field;
  if (isDenseVector(dataType)) {
    return emptyColumn(dataType, rowCount, vectorRowBytes(dataType, field.dimension!), field.dimension!);
  }
  const value = field.defaultValue ?? (field.isDynamic ? '{}' : undefined);
  if (value === undefined) return emptyColumn(dataType, rowCount);
  const fixed = fixedArrayOf(dataType);
  if (fixed) return fixedColumn(dataType, filledWith(new fixed(rowCount), value));
  return repeatedBytes(dataType, new TextEncoder().encode(String(value)), rowCount);
}

function filledWith(values: FixedValues, value: boolean | number | bigint | string): FixedValues {
  if (values instanceof BigInt64Array) return values.fill(BigInt(value));
  return values.fill(Number(value));
}

function repeatedBytes(dataType: Column['dataType'], value: Uint8Array, rowCount: number): Column {
  const offsets = new Uint32Array(rowCount + 1);
  const bytes = new Uint8Array(rowCount * value.length);
  for (let row = 0; row < rowCount; row++) {
    bytes.set(value, row * value.length);
    offsets[row + 1] = (row + 1) * value.length;
  }
  return bytesColumn(dataType, offsets, bytes);
}
