import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType } from '../../schema/data-type.ts';
import { COST, type Condition } from '../evaluate/condition.ts';
import { constantCondition } from '../evaluate/constant-condition.ts';
import { compareNumbers, numberComparisonLeaf } from '../evaluate/number-comparison-leaf.ts';
import { textOrderLeaf } from '../evaluate/text-leaf.ts';
import type { ComparisonNode, ComparisonOperator, FilterNode, LiteralValue } from '../syntax/ast.ts';
import { compareBytes, utf8 } from '../text/byte-predicate.ts';
import { whereElementsAre } from './check-array-condition.ts';
import { checkTimestampComparison } from './check-timestamp.ts';
import { constantTest } from './constant-test.ts';
import { mirrored } from './mirrored.ts';
import { asNumber, checkOperand, columnNumber, type Operand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField, isFloatType, isIntegerType, isNumber, literalTypeName } from './type-name.ts';

type Operator = Exclude<ComparisonOperator, '!='>;

/** `!=` is the negation of `==`: of a null row neither holds, of a JSON value of another type, or a missing one, `!=` does (as in Milvus). */
export function checkComparison(scope: Scope, node: ComparisonNode, negated: boolean): Condition {
  const operator = node.operator === '!=' ? '==' : node.operator;
  const negates = (node.operator === '!=') !== negated;
  const timestamps = checkTimestampComparison(scope, node, operator, negates);
  if (timestamps) return timestamps;
  const left = checkOperand(scope, node.left);
  const right = checkOperand(scope, node.right);
  const condition = compareOperands(scope, node, operator, left, right, negates);
  return node.operator === '!=' ? whereElementsAre(condition, [left, right], negated) : condition;
}

function compareOperands(
  scope: Scope,
  node: ComparisonNode,
  operator: Operator,
  left: Operand,
  right: Operand,
  negates: boolean,
): Condition {
  if (left.kind === 'constant') {
    if (right.kind === 'constant') {
      return constantCondition(compareConstants(scope, node, operator, left.value, right.value) !== negates);
    }
    return constantTest(scope, node, right, [{ operator: mirrored(operator), value: left.value }], negates);
  }
  if (right.kind === 'constant') return constantTest(scope, node, left, [{ operator, value: right.value }], negates);
  return compareFields(scope, node, operator, left, right, negates);
}

/** Two values of the rows. Numbers compare with numbers, texts with texts, Bool with Bool. */
function compareFields(
  scope: Scope,
  node: FilterNode,
  operator: Operator,
  left: Operand,
  right: Operand,
  negated: boolean,
): Condition {
  if (left.kind === 'column' && right.kind === 'column') {
    const fields = [left.field, right.field] as const;
    if (fields.every((field) => field.dataType === DataType.VarChar)) {
      return textOrderLeaf(fields, (order) => accepts(operator, order), COST.text, negated);
    }
    if (!fields.every(isComparableNumber) && fields[0].dataType !== fields[1].dataType) {
      throw scope.fail(node, `comparisons between ${fields.map(describeField).join(' and ')} are not supported`);
    }
    return numberComparisonLeaf(operator, columnNumber(left.field), columnNumber(right.field), negated);
  }
  if (left.kind === 'array' && right.kind === 'array') {
    throw scope.fail(node, 'can not comparisons array fields directly');
  }
  // Without arithmetic on either side nothing says that a JSON value is meant as a number.
  if (left.kind !== 'number' && right.kind !== 'number') {
    throw scope.fail(node, 'two column comparison with JSON type is not supported');
  }
  return numberComparisonLeaf(operator, asNumber(scope, node, left), asNumber(scope, node, right), negated);
}

function isComparableNumber(field: FieldSchema): boolean {
  return isIntegerType(field.dataType) || isFloatType(field.dataType);
}

function compareConstants(
  scope: Scope,
  node: FilterNode,
  operator: Operator,
  left: LiteralValue,
  right: LiteralValue,
): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbers(operator, left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean')
    return compareNumbers(operator, Number(left), Number(right));
  if (typeof left === 'string' && typeof right === 'string') {
    const bytes = utf8(left);
    return accepts(operator, compareBytes(bytes, 0, bytes.length, utf8(right)));
  }
  throw scope.fail(
    node,
    `comparisons between ${literalTypeName(left)} and ${literalTypeName(right)} are not supported`,
  );
}

function accepts(operator: Operator, order: number): boolean {
  return compareNumbers(operator, order, 0);
}
