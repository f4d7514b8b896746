import type { BytesColumn } from '../columns/column.ts';
import { bytesColumn, bytesColumnFrom } from '../columns/column-operations.ts';
import { sparseEntries, sparseRowOf } from '../columns/sparse-rows.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType } from '../schema/data-type.ts';
import { shortFloat } from './float32.ts';
import { isRecord } from './is-record.ts';
import { unfit } from './scalar-value.ts';

const WANTED = 'a sparse vector: {"index": value, ...} or {"indices": [...], "values": [...]}';
const INDEX = /^\d{1,10}$/;
const INDEX_MAX = 0xffff_ffff;

/** Sparse vectors of JSON, one per row, `undefined` for null, as pairs in the order of the JSON: what they must be is checked with the other values. */
export function sparseValuesToColumn(field: FieldSchema, values: readonly unknown[]): BytesColumn {
  const rows = values.map((value, row) => (value === undefined ? EMPTY : sparseRowFrom(field.name, row, value)));
  const { offsets, bytes } = bytesColumnFrom(DataType.SparseFloatVector, rows);
  return bytesColumn(DataType.SparseFloatVector, offsets, bytes);
}

const EMPTY = new Uint8Array(0);

/** The pairs of one sparse vector in JSON; also of a query vector. */
export function sparseRowFrom(field: string, row: number, value: unknown): Uint8Array {
  const refuse = () => unfit(field, row, WANTED, value);
  if (!isRecord(value)) throw refuse();
  const { indices, values } = value;
  const isListed = Array.isArray(indices) && Array.isArray(values);
  const keys = isListed ? indices : Object.keys(value);
  const numbers = isListed ? values : Object.values(value);
  if (keys.length !== numbers.length || !numbers.every((number) => typeof number === 'number')) throw refuse();
  const indexes = keys.map((key) => (typeof key === 'number' || INDEX.test(String(key)) ? Number(key) : -1));
  if (!indexes.every((index) => Number.isInteger(index) && index >= 0 && index <= INDEX_MAX)) throw refuse();
  return sparseRowOf(indexes, numbers);
}

/** `{ index: value }`, as Milvus answers. */
export function sparseValue(row: Uint8Array): Record<string, number> {
  return Object.fromEntries(sparseEntries(row).map(([index, value]) => [index, shortFloat(value)]));
}
