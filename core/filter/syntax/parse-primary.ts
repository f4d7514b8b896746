import type { FieldNode, FilterNode, LiteralValue } from './ast.ts';
import { parseCall } from './parse-call.ts';
import { parseExpression } from './parse-expression.ts';
import { parseField } from './parse-field.ts';
import type { ParseState } from './parse-state.ts';

/** A literal, a list, a field, a template, a function call, `exists x`, `x is null`, or anything in parentheses. */
export function parsePrimary(state: ParseState): FilterNode {
  const { kind, value, start, end } = state.lexer;
  switch (kind) {
    case 'integer':
    case 'float':
    case 'string':
      state.lexer.next();
      return state.node({ kind: 'literal', value, start, end });
    case 'true':
    case 'false':
      state.lexer.next();
      return state.node({ kind: 'literal', value: kind === 'true', start, end });
    case '(': {
      state.lexer.next();
      const inner = state.nested(() => parseExpression(state, 0));
      state.expect(')');
      return { ...inner, start, end: state.lexer.previousEnd };
    }
    case '[': {
      const list = parseList(state);
      return state.node({ kind: 'literal', value: list, start, end: state.lexer.previousEnd });
    }
    case '{':
      return parseTemplate(state);
    case 'exists': {
      state.lexer.next();
      const operand = parseFieldInParentheses(state);
      return state.node({ kind: 'exists', operand, start, end: state.lexer.previousEnd });
    }
    case 'name':
      return parseName(state, value as string);
    default:
      throw state.expected("a value, a field name or '('");
  }
}

function parseName(state: ParseState, name: string): FilterNode {
  const { start } = state.lexer;
  const field = parseField(state);
  if (field.path.length === 0) {
    if (state.at('(')) return parseCall(state, field);
    const lower = name.toLowerCase();
    if (state.at('string') && (lower === 'iso' || lower === 'interval')) {
      const text = state.lexer.value as string;
      state.lexer.next();
      const kind = lower === 'iso' ? 'timestamp' : 'interval';
      return state.node({ kind, text, start, end: state.lexer.previousEnd });
    }
  }
  return atWord(state, 'is') ? parseNullCheck(state, field) : field;
}

function parseNullCheck(state: ParseState, operand: FieldNode): FilterNode {
  state.lexer.next();
  const negated = state.accept('not');
  if (!atWord(state, 'null'))
    throw state.expected(negated ? "'null' after 'is not'" : "'null' or 'not null' after 'is'");
  state.lexer.next();
  return state.node({ kind: 'nullCheck', operand, negated, start: operand.start, end: state.lexer.previousEnd });
}

function parseFieldInParentheses(state: ParseState): FieldNode {
  if (!state.accept('(')) {
    if (!state.at('name')) throw state.expected("a JSON key after 'exists'");
    return parseField(state);
  }
  const field = state.nested(() => parseFieldInParentheses(state));
  state.expect(')');
  return field;
}

function parseTemplate(state: ParseState): FilterNode {
  const { start } = state.lexer;
  state.lexer.next();
  const name = state.lexer.value;
  if (!state.accept('name')) throw state.expected("the name of a template value after '{'");
  state.expect('}');
  return state.node({ kind: 'template', name: name as string, start, end: state.lexer.previousEnd });
}

/** `[1, -2, "a", [true]]`: constants only, a comma after the last one is allowed. */
function parseList(state: ParseState): LiteralValue[] {
  state.expect('[');
  const values: LiteralValue[] = [];
  state.readPlainValues(values);
  while (!state.at(']')) {
    state.countListValue();
    values.push(parseListValue(state));
    if (!state.accept(',')) break;
  }
  if (!state.accept(']')) throw state.expected("',' or ']' in the list");
  return values;
}

function parseListValue(state: ParseState): LiteralValue {
  const negative = state.accept('-');
  const { kind, value } = state.lexer;
  if ((kind === 'integer' || kind === 'float') && typeof value !== 'string') {
    state.lexer.next();
    return negative ? -value : value;
  }
  if (negative) throw state.expected("a number after '-'");
  if (kind === '[') return state.nested(() => parseList(state));
  if (state.accept('string')) return value;
  if (state.accept('true')) return true;
  if (state.accept('false')) return false;
  throw state.expected('a constant in the list');
}

/** `is` and `null` are words only after a field, so that they stay usable as names. */
function atWord(state: ParseState, word: string): boolean {
  return state.at('name') && (state.lexer.value as string).toLowerCase() === word;
}
