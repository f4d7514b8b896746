import { createBitset, testBit } from '../../../core/bitset.ts';
import { type ArrayElement, encodeArray } from '../../../core/columns/array-values.ts';
import type { BytesColumn, Column, FixedColumn, FixedValues } from '../../../core/columns/column.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import type { ColumnSource, TemplateValue } from '../../../core/filter/filter.ts';
import { wkbFromWkt } from '../../../core/geometry/geometry-text.ts';
import type { CollectionSchema, FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';

/** A row as a test writes it. JSON fields hold the JSON text. A missing or null value is null. */
export type Row = Readonly<Record<string, boolean | number | bigint | string | readonly ArrayElement[] | null>>;

let nextId = 100;
export function field(name: string, dataType: DataType, options: Partial<FieldSchema> = {}): FieldSchema {
  return {
    id: nextId++,
    name,
    description: '',
    dataType,
    isPrimaryKey: false,
    autoId: false,
    nullable: true,
    isPartitionKey: false,
    isClusteringKey: false,
    isDynamic: false,
    typeParams: {},
    ...options,
  };
}

export function schemaOf(fields: readonly FieldSchema[], enableDynamicField = false): CollectionSchema {
  const subFields = fields.filter(({ name }) => name.startsWith('st['));
  const struct = {
    id: 99,
    name: 'st',
    description: '',
    maxCapacity: 10,
    fieldIds: subFields.map(({ id }) => id),
    typeParams: {},
  };
  const structs = subFields.length > 0 ? [struct] : [];
  return { name: 'c', description: '', enableDynamicField, fields, structs, functions: [], version: 1 };
}

/** One field of each type that filters know, and the dynamic field. */
export const SCHEMA = schemaOf(
  [
    field('id', DataType.Int64, { isPrimaryKey: true, nullable: false }),
    field('b', DataType.Bool),
    field('i8', DataType.Int8),
    field('i16', DataType.Int16),
    field('i32', DataType.Int32),
    field('i64', DataType.Int64),
    field('f', DataType.Float),
    field('d', DataType.Double),
    field('s', DataType.VarChar),
    field('t', DataType.VarChar),
    field('j', DataType.JSON),
    field('at', DataType.Timestamptz),
    field('ints', DataType.Array, { elementType: DataType.Int64 }),
    field('bytes', DataType.Array, { elementType: DataType.Int8 }),
    field('floats', DataType.Array, { elementType: DataType.Float }),
    field('doubles', DataType.Array, { elementType: DataType.Double }),
    field('flags', DataType.Array, { elementType: DataType.Bool }),
    field('words', DataType.Array, { elementType: DataType.VarChar }),
    field('st[n]', DataType.Array, { elementType: DataType.Int32 }),
    field('st[w]', DataType.Array, { elementType: DataType.VarChar }),
    field('geo', DataType.Geometry),
    field('vec', DataType.FloatVector),
    field('$meta', DataType.JSON, { isDynamic: true, nullable: false }),
  ],
  true,
);

const FIXED: ReadonlyMap<DataType, (values: readonly (number | bigint)[]) => FixedValues> = new Map<
  DataType,
  (values: readonly (number | bigint)[]) => FixedValues
>([
  [DataType.Bool, (values) => Uint8Array.from(values, Number)],
  [DataType.Int8, (values) => Int8Array.from(values, Number)],
  [DataType.Int16, (values) => Int16Array.from(values, Number)],
  [DataType.Int32, (values) => Int32Array.from(values, Number)],
  [DataType.Int64, (values) => BigInt64Array.from(values, BigInt)],
  [DataType.Timestamptz, (values) => BigInt64Array.from(values, BigInt)],
  [DataType.Float, (values) => Float32Array.from(values, Number)],
  [DataType.Double, (values) => Float64Array.from(values, Number)],
]);

function columnOf(schemaField: FieldSchema, rows: readonly Row[]): Column | undefined {
  const values = rows.map((row) => row[schemaField.name] ?? null);
  const rowCount = rows.length;
  const { dataType } = schemaField;
  const valid = values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 0 : 1)) : undefined;
  const create = FIXED.get(dataType);
  if (create) {
    const numbers = (values as readonly (number | bigint | boolean | null)[]).map((value) =>
      typeof value === 'bigint' ? value : Number(value ?? 0),
    );
    return { kind: 'fixed', dataType, rowCount, values: create(numbers), valid } satisfies FixedColumn;
  }
  const texts = values.map((value) => bytesOf(schemaField, value));
  if (texts.includes(undefined)) return undefined;
  // Offsets do not start at 0, and bytes lie around the rows: both are allowed.
  const lead = Buffer.from('"lead');
  const offsets = new Uint32Array(rowCount + 1).fill(lead.length);
  for (const [row, text] of texts.entries()) offsets[row + 1] = offsets[row]! + text!.length;
  const bytes = new Uint8Array(Buffer.concat([lead, ...(texts as Uint8Array[]), Buffer.from('"tail]}')]));
  return { kind: 'bytes', dataType, rowCount, offsets, bytes, valid } satisfies BytesColumn;
}

function bytesOf({ dataType, elementType }: FieldSchema, value: Row[string]): Uint8Array | undefined {
  if (dataType === DataType.Array)
    return value === null ? new Uint8Array(0) : encodeArray(elementType!, value as readonly ArrayElement[]);
  if (dataType === DataType.Geometry) return value === null ? new Uint8Array(0) : wkbFromWkt(String(value));
  if (dataType !== DataType.VarChar && dataType !== DataType.JSON) return undefined;
  return Buffer.from(String(value ?? ''));
}

/** Rows as the columns of a segment. Fields named in `absent` are younger than the segment. */
export function sourceOf(
  rows: readonly Row[],
  schema: CollectionSchema = SCHEMA,
  absent: readonly string[] = [],
): ColumnSource {
  const columns = new Map<number, Column | undefined>();
  for (const schemaField of schema.fields) {
    if (absent.includes(schemaField.name)) continue;
    const rowsOfField = schemaField.isDynamic ? rows.map((row) => ({ $meta: row['$meta'] ?? '{}' })) : rows;
    columns.set(schemaField.id, columnOf(schemaField, rowsOfField));
  }
  return { rowCount: rows.length, column: (id) => columns.get(id) };
}

/** Numbers of the rows for which the filter is true. */
export function matching(
  text: string,
  source: ColumnSource,
  schema: CollectionSchema = SCHEMA,
  templates?: Readonly<Record<string, TemplateValue>>,
): number[] {
  const filter = compileFilter(text, schema, templates && new Map(Object.entries(templates)));
  const out = createBitset(source.rowCount).fill(0xa5);
  filter.evaluate(source, out);
  for (let row = source.rowCount; row < out.length * 8; row++) {
    if (testBit(out, row)) throw new Error(`bit ${row} beyond the ${source.rowCount} rows is set by ${text}`);
  }
  return Array.from({ length: source.rowCount }, (_, row) => row).filter((row) => testBit(out, row));
}

/** Shorthand: the rows of one field, and which of them match. */
export function rowsOf(name: string, values: readonly Row[string][]): Row[] {
  return values.map((value, index) => ({ id: BigInt(index), [name]: value }));
}
