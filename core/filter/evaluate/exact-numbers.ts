import type { Column } from '../../columns/column.ts';
import { arrayElements } from '../array/array-elements.ts';
import { jsonArrayLength } from '../json/json-array-length.ts';
import type { JsonPath } from '../json/json-path.ts';
import { jsonPathColumn } from '../json/json-path-cache.ts';
import { JSON_KIND } from '../json/json-reader.ts';
import type { ArithmeticOperator } from '../syntax/ast.ts';
import { applyArithmetic } from './arithmetic.ts';
import { asBytes, asFixed } from './leaf.ts';
import type { NumberExpression } from './number-expression.ts';

/** A number; undefined if the JSON value is none or the array has no such element; null if an integer was divided by zero. */
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
    case 'element':
      return bindElement(columns.get(expression.field.id), expression);
    case 'json':
      return bindJson(columns.get(expression.field.id), expression.path);
    case 'length': {
      const lengthOf = bindLength(columns.get(expression.field.id), expression);
      return (row) => BigInt(lengthOf(row));
    }
    case 'operation': {
      const left = bindExact(expression.left, columns);
      const right = bindExact(expression.right, columns);
      return (row) => combine(expression.operator, left(row), right(row));
    }
  }
}

type Of<Kind extends NumberExpression['kind']> = Extract<NumberExpression, { kind: Kind }>;

/** Elements of the array; 0 where the JSON value is none, as Milvus has it (BinaryArithOpEvalRangeExpr.cpp). */
export function bindLength(column: Column | undefined, { field, path }: Of<'length'>): (row: number) => number {
  if (!path) {
    const { starts } = arrayElements(asBytes(column), field.elementType!);
    return (row) => starts[row + 1]! - starts[row]!;
  }
  const { kinds, bytes, starts, ends } = jsonPathColumn(asBytes(column), path);
  return (row) => (kinds[row] === JSON_KIND.array ? jsonArrayLength(bytes, starts[row]!, ends[row]!) : 0);
}

function bindElement(
  column: Column | undefined,
  { field, index, isInteger }: Of<'element'>,
): (row: number) => ExactNumber {
  const { elements, starts } = arrayElements(asBytes(column), field.elementType!);
  const { values } = asFixed(elements);
  return (row) => {
    const place = starts[row]! + index;
    if (place >= starts[row + 1]!) return undefined;
    return isInteger ? BigInt(values[place]!) : Number(values[place]!);
  };
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
