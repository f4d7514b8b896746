import type { Column } from '../../columns/column.ts';
import { jsonArrayLength } from '../json/json-array-length.ts';
import type { JsonPath } from '../json/json-path.ts';
import { jsonPathColumn } from '../json/json-path-cache.ts';
import { JSON_KIND } from '../json/json-reader.ts';
import type { ArithmeticOperator } from '../syntax/ast.ts';
import { applyArithmetic } from './arithmetic.ts';
import { asBytes, asFixed } from './leaf.ts';
import type { NumberExpression } from './number-expression.ts';

/** A number; undefined if the JSON value is none; null if an integer was divided by zero. */
export type ExactNumber = number | bigint | undefined | null;

/** The expression row by row, exact and slow: for what doubles cannot hold, and for JSON, whose rows differ in type. */
export function bindExact(
  expression: NumberExpression,
  columns: ReadonlyMap<number, Column>,
): (row: number) => ExactNumber {
  switch (expression.kind) {
    case 'constant':
      return () => expression.value;
    case 'column': {
      const { values } = asFixed(columns.get(expression.field.id));
      return expression.isInteger ? (row) => BigInt(values[row]!) : (row) => Number(values[row]!);
    }
    case 'json':
      return bindJson(columns.get(expression.field.id), expression.path);
    case 'length': {
      const lengthOf = bindLength(columns.get(expression.field.id), expression.path);
      return (row) => BigInt(lengthOf(row));
    }
    case 'operation': {
      const left = bindExact(expression.left, columns);
      const right = bindExact(expression.right, columns);
      return (row) => combine(expression.operator, left(row), right(row));
    }
  }
}

/** Elements of the JSON array at the path; 0 where there is no array, as Milvus has it (BinaryArithOpEvalRangeExpr.cpp). */
export function bindLength(column: Column | undefined, path: JsonPath): (row: number) => number {
  const { kinds, bytes, starts, ends } = jsonPathColumn(asBytes(column), path);
  return (row) => (kinds[row] === JSON_KIND.array ? jsonArrayLength(bytes, starts[row]!, ends[row]!) : 0);
}

function bindJson(column: Column | undefined, path: JsonPath): (row: number) => ExactNumber {
  const { kinds, numbers, bigs } = jsonPathColumn(asBytes(column), path);
  return (row) => {
    switch (kinds[row]) {
      case JSON_KIND.integer:
        return BigInt(numbers[row]!);
      case JSON_KIND.double:
        return numbers[row]!;
      case JSON_KIND.big:
        return bigs.get(row);
      default:
        return undefined;
    }
  };
}

function combine(operator: ArithmeticOperator, left: ExactNumber, right: ExactNumber): ExactNumber {
  if (left === null || right === null) return null;
  if (left === undefined || right === undefined) return undefined;
  return applyArithmetic(operator, left, right);
}
