import type { ContainsNode, FieldNode, FilterNode } from './ast.ts';
import { parseExpression } from './parse-expression.ts';
import type { ParseState } from './parse-state.ts';

const CONTAINS: ReadonlyMap<string, ContainsNode['mode']> = new Map([
  ['json_contains', 'one'],
  ['json_contains_all', 'all'],
  ['json_contains_any', 'any'],
  ['array_contains', 'one'],
  ['array_contains_all', 'all'],
  ['array_contains_any', 'any'],
]);
const LENGTH = 'array_length';

/** Functions of Milvus that Braid does not have. Their arguments have a syntax of their own, so that they are refused by name. */
const UNSUPPORTED =
  /^(text_match|phrase_match|random_sample|element_filter|match_(all|any|least|most|exact)|st_[a-z]+|membership_match)$/;

/** The current token is the parenthesis after `callee`. Names of functions are case-insensitive. */
export function parseCall(state: ParseState, callee: FieldNode): FilterNode {
  const name = callee.name.toLowerCase();
  const mode = CONTAINS.get(name);
  if (!mode && name !== LENGTH) {
    if (UNSUPPORTED.test(name)) throw state.fail(callee, `function ${name} is not supported`, 'notSupported');
    const known = [...CONTAINS.keys(), LENGTH].join(', ');
    throw state.fail(callee, `unknown function ${callee.name}, expected one of ${known}`);
  }
  state.expect('(');
  const operand = state.nested(() => parseExpression(state, 0));
  if (operand.kind !== 'field')
    throw state.fail(operand, `the first argument of ${name} must be a field or a JSON key`);
  if (!mode) {
    state.expect(')');
    return state.node({ kind: 'length', operand, start: callee.start, end: state.lexer.previousEnd });
  }
  state.expect(',');
  const elements = state.nested(() => parseExpression(state, 0));
  state.expect(')');
  return state.node({ kind: 'contains', mode, operand, elements, start: callee.start, end: state.lexer.previousEnd });
}
