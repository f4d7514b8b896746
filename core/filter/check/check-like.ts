import { DataType } from '../../schema/data-type.ts';
import { COST, type Condition } from '../evaluate/condition.ts';
import { jsonLeaf } from '../evaluate/json-leaf.ts';
import { textLeaf } from '../evaluate/text-leaf.ts';
import { FILTER_LIMITS } from '../filter.ts';
import type { LikeNode } from '../syntax/ast.ts';
import { LikePattern } from '../text/like-pattern.ts';
import { checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField } from './type-name.ts';

export function checkLike(scope: Scope, node: LikeNode, negated: boolean): Condition {
  const operand = checkOperand(scope, node.operand);
  const pattern = checkOperand(scope, node.pattern);
  if (pattern.kind !== 'constant' || typeof pattern.value !== 'string') {
    throw scope.fail(node.pattern, "the right-hand side of 'like' must be a string");
  }
  const like = new LikePattern(pattern.value);
  const { likeSearchBytesMax } = FILTER_LIMITS;
  if (like.searchBytes > likeSearchBytesMax) {
    throw scope.fail(
      node.pattern,
      `the text between two % is longer than ${likeSearchBytesMax} bytes (likeSearchBytesMax)`,
    );
  }
  if (operand.kind === 'json') return jsonLeaf(operand.field, operand.path, { texts: like }, negated);
  if (operand.kind === 'column' && operand.field.dataType === DataType.VarChar) {
    return textLeaf(operand.field, like, COST.pattern, negated);
  }
  const what = operand.kind === 'column' ? describeField(operand.field) : 'a computed value';
  throw scope.fail(node.operand, `like operation on non-string or no-json field is unsupported, got ${what}`);
}
