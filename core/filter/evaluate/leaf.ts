import { fillBits } from '../../bitset.ts';
import type { BytesColumn, Column, FixedColumn } from '../../columns/column.ts';
import { assert } from '../../errors.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { type ElementColumn, elementColumn } from '../array/element-column.ts';
import { isElementField } from '../array/element-field.ts';
import type { IndexAnswer, IndexLookup, IndexQuery } from '../index-lookup.ts';
import { andBits, andNotBits, clearNulls, invertBits } from './bits.ts';
import type { Condition } from './condition.ts';
import { defaultColumn } from './default-column.ts';

/**
 * Tests the rows of the columns and writes every byte of `out`. Rows that are null may get either bit: they are cleared afterwards.
 * Bits beyond rowCount must be left clear.
 */
export type Kernel = (columns: readonly Column[], rowCount: number, out: Uint8Array) => void;

interface LeafOptions {
  readonly fields: readonly FieldSchema[];
  readonly costPerRowNs: number;
  /** True for the rows with a value for which the kernel says no. */
  readonly negated?: boolean;
  /** The kernel answers for null rows as well. */
  readonly seesNulls?: boolean;
  /** The kernel says yes to the rows that pass all of these: an index can answer in its place. */
  readonly queries?: readonly IndexQuery[];
}

/** A condition on the values of some fields: takes care of negation, of null rows, and of fields that the segment does not have. */
export function leaf(options: LeafOptions, kernel: Kernel): Condition {
  const { fields } = options;
  return {
    fieldIds: [...new Set(fields.map((field) => field.id))],
    costPerRowNs: options.costPerRowNs,
    evaluate(source, out) {
      const columns = fields.map((field) => source.column(field.id));
      if (columns.every((column) => column === undefined)) {
        evaluateOnce(options, kernel, source.rowCount, out);
        return;
      }
      const complete = columns.map((column, index) => valuesOf(fields[index]!, column, source.rowCount));
      run(options, kernel, complete, source.rowCount, out);
    },
    ...(canLookUp(options) && { fromIndexes: (lookup) => lookUp(options, lookup) }),
  };
}

/** Indexes are of fields, not of one element of an array. */
function canLookUp({ fields, queries }: LeafOptions): boolean {
  return queries !== undefined && queries.length > 0 && !fields.some(isElementField);
}

function lookUp(options: LeafOptions, lookup: IndexLookup): IndexAnswer<Condition> | undefined {
  let bits: Uint8Array | undefined;
  for (const query of options.queries!) {
    const rows = lookup.rows(query);
    if (!rows) return undefined;
    if (bits) andBits(bits, rows);
    else bits = rows;
  }
  if (options.negated) negate(bits!, options.fields[0]!.id, lookup);
  return { bits: bits!, rest: undefined };
}

function negate(bits: Uint8Array, fieldId: number, lookup: IndexLookup): void {
  invertBits(bits, lookup.rowCount);
  const nulls = lookup.nulls(fieldId);
  if (nulls) andNotBits(bits, nulls);
}

/** Every row is the same: one row is tested for all. */
function evaluateOnce(options: LeafOptions, kernel: Kernel, rowCount: number, out: Uint8Array): void {
  const columns = options.fields.map((field) => valuesOf(field, undefined, 1));
  const answer = new Uint8Array(1);
  run(options, kernel, columns, 1, answer);
  if (answer[0] === 1) fillBits(out, rowCount);
  else out.fill(0);
}

/** Where no row lacks its element, or the field is no element of an array, `present` is undefined. */
type LeafColumn = Pick<ElementColumn, 'column'> & Partial<ElementColumn>;

function valuesOf(field: FieldSchema, column: Column | undefined, rowCount: number): LeafColumn {
  if (!column) return { column: defaultColumn(field, rowCount) };
  return isElementField(field) ? elementColumn(asBytes(column), field.dataType, field.elementIndex) : { column };
}

function run(
  options: LeafOptions,
  kernel: Kernel,
  values: readonly LeafColumn[],
  rowCount: number,
  out: Uint8Array,
): void {
  const columns = values.map(({ column }) => column);
  kernel(columns, rowCount, out);
  for (const { present } of values) if (present) clearNulls(out, present, rowCount);
  if (options.negated) invertBits(out, rowCount);
  if (options.seesNulls) return;
  for (const column of columns) if (column.valid) clearNulls(out, column.valid, rowCount);
}

export function asFixed(column: Column | undefined): FixedColumn {
  assert(column?.kind === 'fixed', `the schema says fixed-size values, the column is ${column?.kind}`);
  return column;
}

export function asBytes(column: Column | undefined): BytesColumn {
  assert(column?.kind === 'bytes', `the schema says variable-size values, the column is ${column?.kind}`);
  return column;
}
