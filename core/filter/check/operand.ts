import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType, dataTypeName, isVector } from '../../schema/data-type.ts';
import { applyArithmetic } from '../evaluate/arithmetic.ts';
import { INT64_MAX, INT64_MIN } from '../evaluate/integer-interval.ts';
import type { NumberExpression } from '../evaluate/number-expression.ts';
import { JsonPath } from '../json/json-path.ts';
import type { ArithmeticNode, FieldNode, FilterNode, LiteralValue, MinusNode } from '../syntax/ast.ts';
import type { Scope } from './scope.ts';
import { describeField, isFloatType, isIntegerType, isNumber, literalTypeName } from './type-name.ts';

/** A checked value of a comparison: what it is read from, or the constant it is. Arithmetic of constants is computed here. */
export type Operand =
  | { readonly kind: 'constant'; readonly value: LiteralValue }
  | { readonly kind: 'column'; readonly field: FieldSchema }
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
      return { kind: 'number', expression: { kind: 'length', ...checkJson(scope, node.operand, 'array_length') } };
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

/** A field that is filtered on as a whole or, for JSON, at a path. */
export function checkField(scope: Scope, node: FieldNode): Extract<Operand, { kind: 'column' | 'json' }> {
  const { field, path } = scope.resolve(node);
  if (field.dataType === DataType.JSON) return { kind: 'json', field, path: new JsonPath(path) };
  if (path.length > 0 && field.dataType !== DataType.Array) {
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

/** The first argument of a function over JSON arrays. */
export function checkJson(
  scope: Scope,
  node: FieldNode,
  functionName: string,
): { readonly field: FieldSchema; readonly path: JsonPath } {
  const operand = checkField(scope, node);
  if (operand.kind === 'json') return { field: operand.field, path: operand.path };
  throw scope.fail(node, `${functionName} is only supported on JSON, got ${describeField(operand.field)}`);
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
  if (left.kind !== 'constant' || right.kind !== 'constant') {
    return { kind: 'number', expression: { kind: 'operation', operator, left, right } };
  }
  const value = applyArithmetic(operator, left.value, right.value);
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) {
    throw scope.fail(node, 'the constant expression is out of range of a double');
  }
  return { kind: 'constant', value };
}

function isFloating(expression: NumberExpression): boolean {
  if (expression.kind === 'constant') return typeof expression.value === 'number';
  if (expression.kind === 'column') return !expression.isInteger;
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
    case 'column': {
      const { field } = operand;
      const isInteger = isIntegerType(field.dataType);
      if (isInteger || isFloatType(field.dataType)) return { kind: 'column', field, isInteger };
      throw scope.fail(node, `cannot perform arithmetic with ${describeField(field)}`);
    }
  }
}

/** Integer literals of any size are read, 64 bits of them are allowed. */
function checkLiteralRange(scope: Scope, node: FilterNode, value: LiteralValue): void {
  if (typeof value === 'object') for (const item of value) checkLiteralRange(scope, node, item);
  else if (typeof value === 'bigint' && (value < INT64_MIN || value > INT64_MAX)) {
    throw scope.fail(node, `integer ${String(value).slice(0, 40)} is out of range of 64 bits`);
  }
}
