import type { BraidError } from '../../errors.ts';
import { subFieldName } from '../../schema/collection-schema.ts';
import type { FieldNode } from './ast.ts';
import type { ParseState } from './parse-state.ts';

/**
 * `name`, `name["key"][0]["other"]`: keys are quoted, indexes are whole numbers. `struct[sub]` and `struct[0][sub]` are sub-fields of a struct, and the
 * name of the field is `struct[sub]`.
 */
export function parseField(state: ParseState): FieldNode {
  const { start } = state.lexer;
  let name = state.lexer.value as string;
  state.expect('name');
  const path: (string | number)[] = [];
  while (state.accept('[')) {
    if (state.at('name')) name = parseSubField(state, name, path);
    else path.push(parseStep(state));
    state.expect(']');
  }
  return state.node({ kind: 'field', name, path, start, end: state.lexer.previousEnd });
}

function parseSubField(state: ParseState, name: string, path: readonly (string | number)[]): string {
  const step = state.lexer.value as string;
  const [index] = path;
  if (name.includes('[') || path.length > 1 || typeof index === 'string') throw unquoted(state, step);
  state.lexer.next();
  return subFieldName(name, step);
}

function unquoted(state: ParseState, key: string): BraidError {
  return state.fail(state.lexer, `json key must be enclosed in double quotes or single quotes: "${key}"`);
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
  throw state.expected('a quoted key or an index');
}

const INDEX_MAX = 0xffff_ffffn;
