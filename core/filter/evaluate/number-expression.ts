import type { FieldSchema } from '../../schema/collection-schema.ts';
import type { JsonPath } from '../json/json-path.ts';
import type { ArithmeticOperator } from '../syntax/ast.ts';

/** A checked expression that gives a number per row. Integers of a column are 64 bits; a JSON number is what it is in its row. */
export type NumberExpression =
  | { readonly kind: 'constant'; readonly value: number | bigint }
  | { readonly kind: 'column'; readonly field: FieldSchema; readonly isInteger: boolean }
  | { readonly kind: 'json'; readonly field: FieldSchema; readonly path: JsonPath }
  /** An element of an Array field: like a JSON value it may not be there. */
  | { readonly kind: 'element'; readonly field: FieldSchema; readonly index: number; readonly isInteger: boolean }
  /** Of the JSON array at the path, or of an Array field. */
  | { readonly kind: 'length'; readonly field: FieldSchema; readonly path: JsonPath | undefined }
  | {
      readonly kind: 'operation';
      readonly operator: ArithmeticOperator;
      readonly left: NumberExpression;
      readonly right: NumberExpression;
    };

/** True if the value is an integer in every row; false if it is a double or, in JSON, may be. */
export function isInteger(expression: NumberExpression): boolean {
  switch (expression.kind) {
    case 'constant':
      return typeof expression.value === 'bigint';
    case 'column':
    case 'element':
      return expression.isInteger;
    case 'json':
      return false;
    case 'length':
      return true;
    case 'operation':
      return expression.operator !== '**' && isInteger(expression.left) && isInteger(expression.right);
  }
}

export function fieldsOf(expression: NumberExpression): readonly FieldSchema[] {
  switch (expression.kind) {
    case 'constant':
      return [];
    case 'operation':
      return [...fieldsOf(expression.left), ...fieldsOf(expression.right)];
    default:
      return [expression.field];
  }
}
