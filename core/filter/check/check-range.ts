import { DataType } from '../../schema/data-type.ts';
import type { Condition } from '../evaluate/condition.ts';
import { compareNumbers } from '../evaluate/number-comparison-leaf.ts';
import type { FilterNode, LiteralValue, RangeNode } from '../syntax/ast.ts';
import { compareBytes, utf8 } from '../text/byte-predicate.ts';
import { type Bound, constantTest } from './constant-test.ts';
import { checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeLiteral, isNumber, literalTypeName } from './type-name.ts';

/** `lower < value <= upper`: the bounds are constants of one type and leave something between them. */
export function checkRange(scope: Scope, node: RangeNode, negated: boolean): Condition {
  const lower = constantOf(scope, node.lower, 'lowerbound');
  const upper = constantOf(scope, node.upper, 'upperbound');
  const operand = checkOperand(scope, node.operand);
  if (operand.kind === 'constant')
    throw scope.fail(node.operand, 'the middle of a range must be a field, not a constant');
  if (operand.kind === 'column' && operand.field.dataType === DataType.Bool) {
    throw scope.fail(node, 'invalid range operations on boolean expr');
  }
  const order = compareBounds(lower, upper);
  if (order === undefined) {
    throw scope.fail(
      node,
      `the bounds of a range must be two numbers or two strings, but are ${literalTypeName(lower)} and ${literalTypeName(upper)}`,
    );
  }
  if (order > 0 || (order === 0 && !(node.lowerInclusive && node.upperInclusive))) {
    throw scope.fail(
      node,
      `invalid range: lowerbound is greater than upperbound, nothing is between ${describeLiteral(lower)} and ${describeLiteral(upper)}`,
    );
  }
  const bounds: Bound[] = [
    { operator: node.lowerInclusive ? '>=' : '>', value: lower },
    { operator: node.upperInclusive ? '<=' : '<', value: upper },
  ];
  return constantTest(scope, node, operand, bounds, negated);
}

function constantOf(scope: Scope, node: FilterNode, name: string): LiteralValue {
  const operand = checkOperand(scope, node);
  if (operand.kind === 'constant') return operand.value;
  throw scope.fail(node, `${name} cannot be a non-const expression`);
}

/** Below zero, zero or above zero; undefined if the bounds have no common order. */
function compareBounds(lower: LiteralValue, upper: LiteralValue): number | undefined {
  if (isNumber(lower) && isNumber(upper)) {
    if (compareNumbers('==', lower, upper)) return 0;
    return lower < upper ? -1 : 1;
  }
  if (typeof lower !== 'string' || typeof upper !== 'string') return undefined;
  const bytes = utf8(lower);
  return compareBytes(bytes, 0, bytes.length, utf8(upper));
}
