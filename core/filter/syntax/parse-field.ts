import type { FieldNode } from './ast.ts';
import type { ParseState } from './parse-state.ts';

/** `name`, `name["key"][0]["other"]`. Keys are quoted, indexes are whole numbers. */
export function parseField(state: ParseState): FieldNode {
  const { start } = state.lexer;
  const name = state.lexer.value as string;
  state.expect('name');
  const path: (string | number)[] = [];
  while (state.accept('[')) {
    path.push(parseStep(state));
    state.expect(']');
  }
  return state.node({ kind: 'field', name, path, start, end: state.lexer.previousEnd });
}

function parseStep(state: ParseState): string | number {
  const { kind, value } = state.lexer;
  if (kind === 'string' && value !== '') {
    state.lexer.next();
    return value as string;
  }
  if (kind === 'integer' && (value as bigint) <= INDEX_MAX) {
    state.lexer.next();
    return Number(value);
  }
  if (kind === 'name') {
    throw state.fail(state.lexer, `json key must be enclosed in double quotes or single quotes: "${value}"`);
  }
  throw state.expected('a quoted key or an index');
}

const INDEX_MAX = 0xffff_ffffn;
