import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType, dataTypeName } from '../../schema/data-type.ts';
import { arrayConstants } from '../array/array-constants.ts';
import { isElementField } from '../array/element-field.ts';
import { arrayContainsLeaf, arrayEqualsLeaf, elementPresentLeaf } from '../evaluate/array-leaf.ts';
import type { Condition } from '../evaluate/condition.ts';
import { exactDouble, exactInteger, inPrecisionOf } from '../evaluate/exact-constants.ts';
import { allOf, anyOf } from '../evaluate/logical-condition.ts';
import type { NumberExpression } from '../evaluate/number-expression.ts';
import type { ContainsNode, FilterNode, LiteralValue } from '../syntax/ast.ts';
import { type Bound, fits } from './constant-test.ts';
import type { Operand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField, isFloatType, isNumber, literalTypeName } from './type-name.ts';

/** `array_contains(field, value)` and its likes. */
export function checkArrayContains(
  scope: Scope,
  node: ContainsNode,
  field: FieldSchema,
  values: readonly LiteralValue[],
  negated: boolean,
): Condition {
  checkElements(scope, node.elements, field, values);
  const mode = node.mode === 'all' ? 'all' : 'any';
  return arrayContainsLeaf(field, arrayConstants(field.elementType!, values), mode, negated);
}

/** `field == [1, 2, 3]`. Other comparisons of whole arrays there are none. */
export function checkArrayEquals(
  scope: Scope,
  node: FilterNode,
  field: FieldSchema,
  bounds: readonly Bound[],
  negated: boolean,
): Condition {
  const [{ operator, value }] = bounds as readonly [Bound];
  if (operator !== '==' || typeof value !== 'object') {
    throw scope.fail(
      node,
      `can not comparisons array fields directly, ${describeField(field)} takes == [...], or use ${field.name}[0]`,
    );
  }
  checkElements(scope, node, field, value);
  return arrayEqualsLeaf(
    field,
    value.map((element) => exactElement(field.elementType!, element)),
    negated,
  );
}

/**
 * `!=` of an element holds only where there is such an element, although `not (… == …)` holds everywhere else: so it is in Milvus
 * (UnaryExpr.h, UnaryElementFuncForArray).
 */
export function whereElementsAre(condition: Condition, operands: readonly Operand[], negated: boolean): Condition {
  const elements = operands.flatMap((operand) =>
    operand.kind === 'number' ? elementsOf(operand.expression) : own(operand),
  );
  const present = elements.map(({ field, index }) => elementPresentLeaf(field, index, negated));
  return negated ? anyOf([condition, ...present]) : allOf([condition, ...present]);
}

interface Element {
  readonly field: FieldSchema;
  readonly index: number;
}

function own(operand: Operand): readonly Element[] {
  if (operand.kind !== 'column' || !isElementField(operand.field)) return [];
  return [{ field: operand.field.array, index: operand.field.elementIndex }];
}

function elementsOf(expression: NumberExpression): readonly Element[] {
  if (expression.kind === 'element') return [expression];
  return expression.kind === 'operation' ? [...elementsOf(expression.left), ...elementsOf(expression.right)] : [];
}

function checkElements(scope: Scope, node: FilterNode, field: FieldSchema, values: readonly LiteralValue[]): void {
  const wrong = values.find((value) => !fits(field.elementType!, value));
  if (wrong === undefined) return;
  const types = `${dataTypeName(field.elementType!)} and ${literalTypeName(wrong)}`;
  throw scope.fail(node, `contains operation can't compare between array element type: ${types} (field ${field.name})`);
}

function exactElement(elementType: DataType, value: LiteralValue): LiteralValue | undefined {
  if (elementType === DataType.Bool) return value ? 1 : 0;
  if (!isNumber(value)) return value;
  if (isFloatType(elementType)) return exactDouble(inPrecisionOf(elementType, value));
  const integer = exactInteger(value);
  return elementType === DataType.Int64 || integer === undefined ? integer : Number(integer);
}
