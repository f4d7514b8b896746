import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType, dataTypeName, isVector } from '../../schema/data-type.ts';
import { elementField, isElementField } from '../array/element-field.ts';
import { applyArithmetic, isBitOperator } from '../evaluate/arithmetic.ts';
import { INT64_MAX, INT64_MIN } from '../evaluate/integer-interval.ts';
import type { NumberExpression } from '../evaluate/number-expression.ts';
import { JsonPath } from '../json/json-path.ts';
import type { ArithmeticNode, FieldNode, FilterNode, LiteralValue, MinusNode } from '../syntax/ast.ts';
import type { Scope } from './scope.ts';
import { describeField, isFloatType, isIntegerType, isNumber, literalTypeName } from './type-name.ts';

/** A checked value of a comparison: what it is read from, or the constant it is. Arithmetic of constants is computed here. */
export type Operand =
  | { readonly kind: 'constant'; readonly value: LiteralValue }
  /** A field of scalars, or an element of an array (`isElementField`). */
  | { readonly kind: 'column'; readonly field: FieldSchema }
  | { readonly kind: 'array'; readonly field: FieldSchema }
  | { readonly kind: 'json'; readonly field: FieldSchema; readonly path: JsonPath }
  | { readonly kind: 'number'; readonly expression: NumberExpression };

export function checkOperand(scope: Scope, node: FilterNode): Operand {
  switch (node.kind) {
    case 'literal':
      checkLiteralRange(scope, node, node.value);
      return { kind: 'constant', value: node.value };
    case 'template':
      return { kind: 'constant', value: scope.template(node) };
    case 'field':
      return checkField(scope, node);
    case 'length':
      return { kind: 'number', expression: { kind: 'length', ...checkList(scope, node.operand, 'array_length') } };
    case 'minus':
      return checkMinus(scope, node);
    case 'arithmetic':
      return checkArithmetic(scope, node);
    case 'timestamp':
    case 'interval':
      throw scope.fail(node, 'a timestamp is only compared with a Timestamptz field, an interval only added to one');
    default:
      throw scope.fail(
        node,
        'this is a condition where a value is expected; conditions are combined with and, or, not',
      );
  }
}

/** A field that is filtered on as a whole or, for JSON, at a path, or for Array, at an index. */
export function checkField(scope: Scope, node: FieldNode): Extract<Operand, { kind: 'column' | 'array' | 'json' }> {
  const { field, path } = scope.resolve(node);
  if (field.dataType === DataType.JSON) return { kind: 'json', field, path: new JsonPath(path) };
  if (field.dataType === DataType.Array) return checkArrayField(scope, node, field, path);
  if (path.length > 0) {
    throw scope.fail(
      node,
      `${dataTypeName(field.dataType)} data type not supported accessed with [], ${field.name} is no JSON field`,
    );
  }
  const { dataType } = field;
  const isScalar = isIntegerType(dataType) || isFloatType(dataType) || dataType === DataType.Bool;
  if (isScalar || dataType === DataType.VarChar || dataType === DataType.Timestamptz) return { kind: 'column', field };
  const reason = isVector(dataType) ? 'cannot be used in a filter' : 'is not supported in a filter';
  throw scope.fail(node, `${describeField(field)} ${reason}`, isVector(dataType) ? 'parameterInvalid' : 'notSupported');
}

function checkArrayField(
  scope: Scope,
  node: FieldNode,
  field: FieldSchema,
  path: readonly (string | number)[],
): Extract<Operand, { kind: 'column' | 'array' }> {
  const [index] = path;
  if (index === undefined) return { kind: 'array', field };
  if (path.length > 1) throw scope.fail(node, `elements of ${describeField(field)} have no elements`);
  if (typeof index === 'string') throw scope.fail(node, 'can only access array field with integer index');
  return { kind: 'column', field: elementField(field, index) };
}

/** The first argument of a function over lists: an Array field (then there is no path), or a place in a JSON field. */
export function checkList(
  scope: Scope,
  node: FieldNode,
  functionName: string,
): { readonly field: FieldSchema; readonly path: JsonPath | undefined } {
  const operand = checkField(scope, node);
  if (operand.kind === 'json') return { field: operand.field, path: operand.path };
  if (operand.kind === 'array') return { field: operand.field, path: undefined };
  throw scope.fail(
    node,
    `${functionName} operation are only supported on json or array fields now, got ${describeField(operand.field)}`,
  );
}

function checkMinus(scope: Scope, node: MinusNode): Operand {
  const zero: Operand = { kind: 'constant', value: 0n };
  return combine(scope, node, '-', zero, checkOperand(scope, node.operand));
}

function checkArithmetic(scope: Scope, node: ArithmeticNode): Operand {
  return combine(scope, node, node.operator, checkOperand(scope, node.left), checkOperand(scope, node.right));
}

function combine(
  scope: Scope,
  node: ArithmeticNode | MinusNode,
  operator: ArithmeticNode['operator'],
  leftOperand: Operand,
  rightOperand: Operand,
): Operand {
  const left = asNumber(scope, node, leftOperand);
  const right = asNumber(scope, node, rightOperand);
  const dividesByZero = right.kind === 'constant' && !(right.value < 0 || right.value > 0);
  if (dividesByZero && (operator === '/' || operator === '%')) throw scope.fail(node, 'division or modulus by zero');
  if (operator === '%' && [left, right].some(isFloating)) {
    throw scope.fail(node, 'modulo can only apply on integer types');
  }
  if (isBitOperator(operator) && [left, right].some(isFloating)) {
    throw scope.fail(node, `${operator} can only apply on integer types`);
  }
  if (left.kind !== 'constant' || right.kind !== 'constant') {
    return { kind: 'number', expression: { kind: 'operation', operator, left, right } };
  }
  const value = applyArithmetic(operator, left.value, right.value);
  if (value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value))) {
    throw scope.fail(node, 'the constant expression is out of range of a double');
  }
  return { kind: 'constant', value };
}

function isFloating(expression: NumberExpression): boolean {
  if (expression.kind === 'constant') return typeof expression.value === 'number';
  if (expression.kind === 'column' || expression.kind === 'element') return !expression.isInteger;
  return (
    expression.kind === 'operation' &&
    (expression.operator === '**' || isFloating(expression.left) || isFloating(expression.right))
  );
}

/** The operand as a part of arithmetic. */
export function asNumber(scope: Scope, node: FilterNode, operand: Operand): NumberExpression {
  switch (operand.kind) {
    case 'constant':
      if (isNumber(operand.value)) return { kind: 'constant', value: operand.value };
      throw scope.fail(node, `cannot perform arithmetic with a constant of type ${literalTypeName(operand.value)}`);
    case 'number':
      return operand.expression;
    case 'json':
      return { kind: 'json', field: operand.field, path: operand.path };
    case 'array':
      throw scope.fail(node, `can not comparisons array fields directly, ${describeField(operand.field)}`);
    case 'column': {
      const { field } = operand;
      const isInteger = isIntegerType(field.dataType);
      if (isInteger || isFloatType(field.dataType)) return columnNumber(field);
      throw scope.fail(node, `cannot perform arithmetic with ${describeField(field)}`);
    }
  }
}

/** The values of a column, or of an element of an array, as numbers: what is no double is an integer. */
export function columnNumber(field: FieldSchema): NumberExpression {
  const isInteger = !isFloatType(field.dataType);
  if (!isElementField(field)) return { kind: 'column', field, isInteger };
  return { kind: 'element', field: field.array, index: field.elementIndex, isInteger };
}

/** Integer literals of any size are read, 64 bits of them are allowed. */
function checkLiteralRange(scope: Scope, node: FilterNode, value: LiteralValue): void {
  if (typeof value === 'object') for (const item of value) checkLiteralRange(scope, node, item);
  else if (typeof value === 'bigint' && (value < INT64_MIN || value > INT64_MAX)) {
    throw scope.fail(node, `integer ${String(value).slice(0, 40)} is out of range of 64 bits`);
  }
}
