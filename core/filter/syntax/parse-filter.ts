import { FILTER_LIMITS } from '../filter.ts';
import { filterError } from '../filter-error.ts';
import type { FilterNode } from './ast.ts';
import { parseExpression } from './parse-expression.ts';
import { ParseState } from './parse-state.ts';

/**
 * Text to tree. Throws an error with the place and what was expected there. The work is bounded by FILTER_LIMITS whatever the text is:
 * depth stops the recursion, nodes stop the walk, bytes stop both.
 */
export function parseFilter(text: string): FilterNode {
  const { textBytesMax } = FILTER_LIMITS;
  if (text.length > textBytesMax || (text.length > textBytesMax / 3 && Buffer.byteLength(text) > textBytesMax)) {
    throw filterError(text, { start: 0, end: 1 }, `the filter is longer than ${textBytesMax} bytes (textBytesMax)`);
  }
  const state = new ParseState(text);
  const root = parseExpression(state, 0);
  state.expect('end');
  checkDepth(root, state);
  return root;
}

/** Left-deep chains (`1 + 1 + 1 …`) grow without recursion of the parser; whoever walks the tree must not overflow on them. */
function checkDepth(root: FilterNode, state: ParseState): void {
  let level: FilterNode[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > FILTER_LIMITS.depthMax) throw state.tooDeep(level[0]!);
    level = level.flatMap(children);
  }
}

function children(node: FilterNode): readonly FilterNode[] {
  switch (node.kind) {
    case 'minus':
    case 'not':
    case 'length':
    case 'nullCheck':
    case 'exists':
      return [node.operand];
    case 'arithmetic':
    case 'comparison':
      return [node.left, node.right];
    case 'range':
      return [node.lower, node.operand, node.upper];
    case 'membership':
      return [node.operand, node.list];
    case 'like':
      return [node.operand, node.pattern];
    case 'contains':
      return [node.operand, node.elements];
    case 'match':
      return [node.struct, node.condition];
    case 'spatial':
      return [node.operand, node.geometry, node.distance].filter((part) => part !== undefined);
    case 'sample':
      return [node.factor];
    case 'logical':
      return node.operands;
    default:
      return [];
  }
}
