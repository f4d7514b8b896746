import { isElementField } from '../array/element-field.ts';
import type { FieldNode, FilterNode, LiteralValue, LogicalNode, MembershipNode } from '../syntax/ast.ts';
import { printFilter } from '../syntax/print-filter.ts';
import { fits } from './constant-test.ts';
import { checkField, checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';

/**
 * In an `or`, `x == 1 or x in [2, 3]` is `x in [1, 2, 3]`: one look-up per row instead of one comparison per term. In an `and`, the same goes for
 * `!=` and `not in`. What does not belong to such a group, or has a value of a wrong type, is left as it is.
 */
export function mergeEqualities(scope: Scope, node: LogicalNode): readonly FilterNode[] {
  const forOr = node.operator === 'or';
  const groups = new Map<string, Equality[]>();
  const others: FilterNode[] = [];
  for (const operand of node.operands) {
    const equality = asEquality(scope, operand, forOr);
    if (!equality) {
      others.push(operand);
      continue;
    }
    const key = printFilter(equality.operand);
    const group = groups.get(key);
    if (group) group.push(equality);
    else groups.set(key, [equality]);
  }
  return [...[...groups.values()].map((group) => merge(group, !forOr)), ...others];
}

interface Equality {
  readonly source: FilterNode;
  readonly operand: FilterNode;
  readonly values: readonly LiteralValue[];
}

/** The node as "the field is one of these" (`forOr`) or "is none of these", or undefined if it says something else. */
function asEquality(scope: Scope, node: FilterNode, forOr: boolean): Equality | undefined {
  if (node.kind === 'membership') {
    if (node.negated === forOr || node.operand.kind !== 'field') return undefined;
    const list = constantOf(scope, node.list);
    return typeof list === 'object' ? equality(scope, node, node.operand, list, forOr) : undefined;
  }
  if (node.kind !== 'comparison' || node.operator !== (forOr ? '==' : '!=')) return undefined;
  const [field, other] = node.left.kind === 'field' ? [node.left, node.right] : [node.right, node.left];
  const value = constantOf(scope, other);
  return field.kind === 'field' && value !== undefined ? equality(scope, node, field, [value], forOr) : undefined;
}

function constantOf(scope: Scope, node: FilterNode): LiteralValue | undefined {
  if (node.kind !== 'literal' && node.kind !== 'template') return undefined;
  const operand = checkOperand(scope, node);
  return operand.kind === 'constant' ? operand.value : undefined;
}

function equality(
  scope: Scope,
  source: FilterNode,
  field: FieldNode,
  values: readonly LiteralValue[],
  forOr: boolean,
): Equality | undefined {
  const operand = checkField(scope, field);
  if (operand.kind === 'array') return undefined;
  // `!=` and `not in` of an element differ where the array is too short (check-array-condition.ts).
  if (!forOr && isElementField(operand.field)) return undefined;
  const { dataType } = operand.field;
  return operand.kind === 'json' || values.every((value) => fits(dataType, value))
    ? { source, operand: field, values }
    : undefined;
}

function merge(group: readonly Equality[], negated: boolean): FilterNode {
  const [first, ...rest] = group as readonly [Equality, ...Equality[]];
  const last = rest.at(-1);
  if (!last) return first.source;
  const span = { start: first.source.start, end: last.source.end };
  const list = { kind: 'literal' as const, value: group.flatMap((equality) => equality.values), ...span };
  return { kind: 'membership', operand: first.operand, list, negated, ...span } satisfies MembershipNode;
}
