import type { Condition } from '../evaluate/condition.ts';
import { constantCondition } from '../evaluate/constant-condition.ts';
import { allOf, anyOf } from '../evaluate/logical-condition.ts';
import type { FilterNode, LogicalNode } from '../syntax/ast.ts';
import { checkComparison } from './check-comparison.ts';
import { checkContains, checkExists, checkNullCheck } from './check-json-condition.ts';
import { checkLike } from './check-like.ts';
import { checkMatch } from './check-match.ts';
import { checkMembership } from './check-membership.ts';
import { checkRange } from './check-range.ts';
import { checkSpatial } from './check-spatial.ts';
import { checkTextMatch } from './check-text-match.ts';
import { mergeEqualities } from './merge-equalities.ts';
import { checkField, checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';

/**
 * Resolves names, checks types and builds the condition of a tree, or of its negation: `not` has no condition of its own, it turns
 * `and` into `or` and negates the leaves (see Condition).
 */
export function checkCondition(scope: Scope, node: FilterNode, negated: boolean): Condition {
  switch (node.kind) {
    case 'not':
      return checkCondition(scope, node.operand, !negated);
    case 'logical':
      return checkLogical(scope, node, negated);
    case 'comparison':
      return checkComparison(scope, node, negated);
    case 'range':
      return checkRange(scope, node, negated);
    case 'membership':
      return checkMembership(scope, node, negated);
    case 'like':
      return checkLike(scope, node, negated);
    case 'nullCheck':
      return checkNullCheck(scope, node, negated);
    case 'exists':
      return checkExists(scope, node, negated);
    case 'contains':
      return checkContains(scope, node, negated);
    case 'match':
      return checkMatch(scope, node, negated);
    case 'spatial':
      return checkSpatial(scope, node, negated);
    case 'textMatch':
      return checkTextMatch(scope, node, negated);
    case 'sample':
      throw scope.fail(node, 'random sample expression can only be the last expression in the logical and expression');
    default:
      return checkValue(scope, node, negated);
  }
}

function checkLogical(scope: Scope, node: LogicalNode, negated: boolean): Condition {
  const isAny = (node.operator === 'or') !== negated;
  const operands = mergeEqualities(scope, node);
  const conditions = operands.map((operand) => checkCondition(scope, operand, negated));
  return isAny ? anyOf(conditions) : allOf(conditions);
}

/** Constants are conditions if they are true or false; a Bool field is none, it must be compared (so it is in Milvus). */
function checkValue(scope: Scope, node: FilterNode, negated: boolean): Condition {
  if (node.kind === 'field') {
    checkField(scope, node);
    throw scope.fail(node, `predicate is not a boolean expression, compare the field: ${node.name} == …`);
  }
  const operand = checkOperand(scope, node);
  if (operand.kind === 'constant' && typeof operand.value === 'boolean')
    return constantCondition(operand.value !== negated);
  throw scope.fail(node, 'predicate is not a boolean expression, expected a condition such as a comparison');
}
