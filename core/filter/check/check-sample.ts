import type { Condition } from '../evaluate/condition.ts';
import { allOf } from '../evaluate/logical-condition.ts';
import { sampleCondition } from '../evaluate/sample-condition.ts';
import type { FilterNode, SampleNode } from '../syntax/ast.ts';
import { checkCondition } from './check-condition.ts';
import { checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';

const FACTOR_MARGIN = 1e-10;

/**
 * The whole filter. `random_sample(0.1)` stands alone or last in the outermost `and`, and takes that part of the rows before it (about as many: each row
 * by chance, where Milvus takes an exact count per segment).
 */
export function checkRoot(
  scope: Scope,
  root: FilterNode,
): { readonly condition: Condition; readonly isRandom: boolean } {
  if (root.kind === 'sample') return { condition: checkFactor(scope, root), isRandom: true };
  if (root.kind !== 'logical' || root.operator !== 'and') return whole(scope, root);
  const last = root.operands.at(-1)!;
  if (last.kind !== 'sample') return whole(scope, root);
  const others = { ...root, operands: root.operands.slice(0, -1) };
  return { condition: allOf([checkCondition(scope, others, false), checkFactor(scope, last)]), isRandom: true };
}

function whole(scope: Scope, root: FilterNode) {
  return { condition: checkCondition(scope, root, false), isRandom: false };
}

function checkFactor(scope: Scope, node: SampleNode): Condition {
  const factor = checkOperand(scope, node.factor);
  if (factor.kind !== 'constant' || typeof factor.value !== 'number') {
    throw scope.fail(node.factor, '"float factor" should be a const float expression');
  }
  if (factor.value <= FACTOR_MARGIN || factor.value >= 1 - FACTOR_MARGIN) {
    throw scope.fail(
      node.factor,
      `the sample factor should be between 0 and 1 and not too close to 0 or 1(the difference should be larger than 1e-10), but got ${factor.value}`,
    );
  }
  return sampleCondition(factor.value, Math.floor(Math.random() * 2 ** 32));
}
