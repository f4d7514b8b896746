import { type BytesColumn, type Column, isPresent } from '../../../../core/columns/column.ts';
import { bytesAt } from '../../../../core/columns/column-operations.ts';
import { JsonPath } from '../../../../core/filter/json/json-path.ts';
import { jsonPathColumn } from '../../../../core/filter/json/json-path-cache.ts';
import type { JsonPathColumn } from '../../../../core/filter/json/json-path-column.ts';
import { JSON_KIND } from '../../../../core/filter/json/json-reader.ts';
import type { OrderTerm } from './parse-order.ts';

/** A column, and how rows are ordered by it. */
export interface OrderColumn extends Pick<OrderTerm, 'path' | 'isDescending' | 'nullsFirst'> {
  readonly column: Column;
}

type Compare = (left: number, right: number) => number;

/**
 * Compares rows by the columns, the first one first; rows that are equal in all of them by their numbers. Texts compare by their bytes, false is less than true. JSON values of different
 * types come in the order of their texts, as in Milvus: strings, numbers, arrays, booleans, objects; objects are all equal.
 */
export function compareRows(columns: readonly OrderColumn[]): Compare {
  const compares = columns.map(compareColumn);
  return (left, right) => {
    for (const compare of compares) {
      const difference = compare(left, right);
      if (difference !== 0) return difference;
    }
    return left - right;
  };
}

function compareColumn({ column, path, isDescending, nullsFirst }: OrderColumn): Compare {
  const json = path && jsonPathColumn(column as BytesColumn, new JsonPath(path));
  const isThere = json
    ? (row: number) => isPresent(column, row) && json.kinds[row]! > JSON_KIND.null
    : (row: number) => isPresent(column, row);
  const compare = json ? compareJson(json) : compareValues(column);
  const sign = isDescending ? -1 : 1;
  const nullSign = nullsFirst ? 1 : -1;
  return (left, right) => {
    const hasLeft = isThere(left);
    const hasRight = isThere(right);
    if (hasLeft && hasRight) return sign * compare(left, right);
    return nullSign * (Number(hasLeft) - Number(hasRight));
  };
}

function compareValues(column: Column): Compare {
  if (column.kind !== 'fixed') {
    return (left, right) => Buffer.compare(bytesAt(column as BytesColumn, left), bytesAt(column as BytesColumn, right));
  }
  const { values } = column;
  return (left, right) => order(values[left]!, values[right]!);
}

/** By JSON_KIND: where values of it come. */
const RANKS: Readonly<Record<number, number>> = {
  [JSON_KIND.string]: 0,
  [JSON_KIND.escaped]: 0,
  [JSON_KIND.integer]: 1,
  [JSON_KIND.double]: 1,
  [JSON_KIND.big]: 1,
  [JSON_KIND.array]: 2,
  [JSON_KIND.false]: 3,
  [JSON_KIND.true]: 4,
  [JSON_KIND.object]: 5,
};

function compareJson(values: JsonPathColumn): Compare {
  const { kinds } = values;
  const numberAt = (row: number): number | bigint =>
    kinds[row] === JSON_KIND.big ? values.bigs.get(row)! : values.numbers[row]!;
  const textAt = (row: number): Uint8Array =>
    values.unescaped.get(row) ?? values.bytes.subarray(values.starts[row]!, values.ends[row]!);
  return (left, right) => {
    const rank = RANKS[kinds[left]!]!;
    const difference = rank - RANKS[kinds[right]!]!;
    if (difference !== 0) return difference;
    if (rank === 1) return order(numberAt(left), numberAt(right));
    return rank === 0 || rank === 2 ? Buffer.compare(textAt(left), textAt(right)) : 0;
  };
}

function order(left: number | bigint, right: number | bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
