import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BytesColumn, Column } from '../../../../core/columns/column.ts';
import { isPresent } from '../../../../core/columns/column.ts';
import { bytesAt } from '../../../../core/columns/column-operations.ts';
import { textsOf } from '../../../../core/columns/text-column.ts';
import { BraidError } from '../../../../core/errors.ts';
import { arrayValue } from '../../../../core/rows/array-value.ts';
import { shortFloat } from '../../../../core/rows/float32.ts';
import { int64Value } from '../../../../core/rows/int64.ts';
import { isRecord } from '../../../../core/rows/is-record.ts';
import { parseJson } from '../../../../core/rows/parse-json.ts';
import { sparseValue } from '../../../../core/rows/sparse-value.ts';
import { vectorListValue } from '../../../../core/rows/vector-lists.ts';
import { vectorNumbers } from '../../../../core/rows/vector-value.ts';
import { type FieldSchema, splitSubFieldName } from '../../../../core/schema/collection-schema.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { NamedColumn } from '../../../operations/named-column.ts';
import type { RestCall } from '../endpoint.ts';

export interface RowsInput {
  readonly rowCount: number;
  readonly columns: readonly NamedColumn[];
  /** Names the client asked for: columns, dynamic keys, `$meta` for all of these. */
  readonly outputFields: readonly string[];
  /** What each row has besides its columns, by name: value of the row. Ready for JSON. */
  readonly beside?: ReadonlyMap<string, (row: number) => unknown>;
}

type Write = (row: number, target: Record<string, unknown>) => void;

/**
 * Rows as the text of a JSON array. Dynamic keys lie flat in the row, where a column of their name wins. JSON fields are texts, as Milvus sends them.
 * Lets other work in between when there is much to write; an array beyond the largest response is an error.
 */
export async function rowsJson(input: RowsInput, call: RestCall): Promise<string> {
  const { jsonValuesPerTurn, responseBytesMax } = call.limits;
  const writers = [...input.columns].sort(dynamicFirst).map((column) => writerOf(column, input, call.int64));
  const valuesPerRow = input.columns.reduce((sum, { column }) => sum + weightOf(column), 1);
  const rowsPerTurn = Math.max(1, Math.floor(jsonValuesPerTurn / valuesPerRow));
  const texts: string[] = [];
  let length = 0;
  for (let row = 0; row < input.rowCount; row++) {
    if (row > 0 && row % rowsPerTurn === 0) await nextTurn();
    // Without a prototype: a dynamic key may be called `__proto__`.
    const target: Record<string, unknown> = Object.create(null);
    for (const write of writers) write(row, target);
    for (const [name, valueAt] of input.beside ?? []) target[name] ??= valueAt(row);
    const text = JSON.stringify(target);
    length += text.length + 1;
    if (length > responseBytesMax) {
      throw new BraidError('parameterTooLarge', `the answer is larger than ${responseBytesMax} bytes: ask for less`);
    }
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

function dynamicFirst(a: NamedColumn, b: NamedColumn): number {
  return Number(b.field.isDynamic) - Number(a.field.isDynamic);
}

/** Roughly, how many numbers a row of the column is. */
function weightOf(column: Column): number {
  return column.kind === 'vector' ? column.dimension : 1;
}

function writerOf(named: NamedColumn, input: RowsInput, int64: RestCall['int64']): Write {
  const { name, field, column } = named;
  if (field.isDynamic) return dynamicWriter(column as BytesColumn, named, input, int64);
  const valueAt = valueReader(field, column, int64);
  const sub = splitSubFieldName(name);
  if (sub) return structWriter(sub, column, valueAt as (row: number) => unknown[]);
  return (row, target) => {
    target[name] = isPresent(column, row) ? valueAt(row) : null;
  };
}

/** Each sub-field of an array of structs puts its values into the elements, which the first one makes. */
function structWriter(
  { structName, name }: { readonly structName: string; readonly name: string },
  column: Column,
  valuesAt: (row: number) => unknown[],
): Write {
  return (row, target) => {
    if (!isPresent(column, row)) {
      target[structName] = null;
      return;
    }
    const values = valuesAt(row);
    target[structName] ??= values.map(() => Object.create(null));
    const elements = target[structName] as Record<string, unknown>[];
    values.forEach((value, i) => {
      elements[i]![name] = value;
    });
  };
}

function dynamicWriter(column: BytesColumn, named: NamedColumn, input: RowsInput, int64: RestCall['int64']): Write {
  const wantsAll = input.outputFields.includes(named.name);
  const wanted = new Set(input.outputFields);
  const texts = textsOf(column);
  return (row, target) => {
    if (!isPresent(column, row) || texts[row] === '') return;
    const document = parseJson(texts[row]!);
    if (!isRecord(document)) return;
    for (const [key, value] of Object.entries(document)) {
      if (wantsAll || wanted.has(key)) target[key] = exactly(value, int64);
    }
  };
}

function valueReader(field: FieldSchema, column: Column, int64: RestCall['int64']): (row: number) => unknown {
  if (column.kind === 'vector') return (row) => vectorNumbers(column, row);
  if (column.kind === 'bytes') return bytesReader(field, column, int64);
  const { values, dataType } = column;
  switch (dataType) {
    case DataType.Bool:
      return (row) => values[row] === 1;
    case DataType.Int64:
      return (row) => int64Value(values[row] as bigint, int64);
    case DataType.Float:
      return (row) => shortFloat(values[row] as number);
    default:
      return (row) => values[row];
  }
}

function bytesReader(field: FieldSchema, column: BytesColumn, int64: RestCall['int64']): (row: number) => unknown {
  switch (column.dataType) {
    case DataType.Array:
      return (row) => arrayValue(field.elementType!, bytesAt(column, row), (value) => int64Value(value, int64));
    case DataType.ArrayOfVector:
      return (row) => vectorListValue(field, bytesAt(column, row));
    case DataType.SparseFloatVector:
      return (row) => sparseValue(bytesAt(column, row));
    default: {
      const texts = textsOf(column);
      return (row) => texts[row];
    }
  }
}

/** Large integers inside of a document, at any depth. */
function exactly(value: unknown, int64: RestCall['int64']): unknown {
  if (typeof value === 'bigint') return int64Value(value, int64);
  if (Array.isArray(value)) return value.map((item) => exactly(item, int64));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exactly(inner, int64)]));
}
