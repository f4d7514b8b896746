import type { BytesColumn, Column, FixedColumn, FixedValues } from '../../columns/column.ts';
import { assert } from '../../errors.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType, isVariableLength } from '../../schema/data-type.ts';

const FIXED_VALUES: ReadonlyMap<DataType, (rowCount: number) => FixedValues> = new Map<
  DataType,
  (rowCount: number) => FixedValues
>([
  [DataType.Bool, (rowCount) => new Uint8Array(rowCount)],
  [DataType.Int8, (rowCount) => new Int8Array(rowCount)],
  [DataType.Int16, (rowCount) => new Int16Array(rowCount)],
  [DataType.Int32, (rowCount) => new Int32Array(rowCount)],
  [DataType.Int64, (rowCount) => new BigInt64Array(rowCount)],
  [DataType.Timestamptz, (rowCount) => new BigInt64Array(rowCount)],
  [DataType.Float, (rowCount) => new Float32Array(rowCount)],
  [DataType.Double, (rowCount) => new Float64Array(rowCount)],
]);

/**
 * The column of a segment that is older than the field: every row holds the default, or null if there is none.
 * The dynamic field reads as an object without keys.
 */
export function defaultColumn(field: FieldSchema, rowCount: number): Column {
  const value = field.isDynamic ? (field.defaultValue ?? '{}') : field.defaultValue;
  const valid = value === undefined ? new Uint8Array(rowCount) : undefined;
  return isVariableLength(field.dataType)
    ? defaultBytes(field.dataType, String(value ?? ''), rowCount, valid)
    : defaultFixed(field, rowCount, valid);
}

function defaultBytes(dataType: DataType, value: string, rowCount: number, valid: Uint8Array | undefined): BytesColumn {
  const one = new TextEncoder().encode(value);
  const bytes = new Uint8Array(one.length * rowCount);
  const offsets = new Uint32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) {
    bytes.set(one, row * one.length);
    offsets[row + 1] = (row + 1) * one.length;
  }
  return { kind: 'bytes', dataType, rowCount, offsets, bytes, valid };
}

function defaultFixed(field: FieldSchema, rowCount: number, valid: Uint8Array | undefined): FixedColumn {
  const create = FIXED_VALUES.get(field.dataType);
  assert(create, `the checker lets only scalar fields into a filter, ${field.name} is of type ${field.dataType}`);
  const values = create(rowCount);
  const value = field.defaultValue;
  if (values instanceof BigInt64Array) values.fill(BigInt(value ?? 0));
  else values.fill(Number(value ?? 0));
  return { kind: 'fixed', dataType: field.dataType, rowCount, values, valid };
}
