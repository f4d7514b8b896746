import type { ArithmeticOperator, ComparisonOperator, FilterNode, LogicalNode } from './ast.ts';
import type { TokenKind } from './lexer.ts';
import { parsePrimary } from './parse-primary.ts';
import type { ParseState } from './parse-state.ts';
import { PRECEDENCE } from './precedence.ts';

/** Precedence of the token as a binary operator; `not` only as the start of `not in`. */
const BINARY: ReadonlyMap<TokenKind, number> = new Map<TokenKind, number>([
  ['or', PRECEDENCE.or],
  ['and', PRECEDENCE.and],
  ['|', PRECEDENCE.bitOr],
  ['^', PRECEDENCE.bitXor],
  ['&', PRECEDENCE.bitAnd],
  ['==', PRECEDENCE.equality],
  ['!=', PRECEDENCE.equality],
  ['<', PRECEDENCE.relational],
  ['<=', PRECEDENCE.relational],
  ['>', PRECEDENCE.relational],
  ['>=', PRECEDENCE.relational],
  ['in', PRECEDENCE.membership],
  ['not', PRECEDENCE.membership],
  ['+', PRECEDENCE.additive],
  ['-', PRECEDENCE.additive],
  ['*', PRECEDENCE.multiplicative],
  ['/', PRECEDENCE.multiplicative],
  ['%', PRECEDENCE.multiplicative],
  ['**', PRECEDENCE.power],
  ['like', PRECEDENCE.like],
]);

/** Precedence climbing: reads one operand and then every binary operator that binds at least as tightly as `minimum`. */
export function parseExpression(state: ParseState, minimum: number): FilterNode {
  let left = parsePrefix(state);
  for (;;) {
    const precedence = BINARY.get(state.lexer.kind);
    if (precedence === undefined || precedence < minimum) return left;
    left = parseBinary(state, left, precedence);
  }
}

function parsePrefix(state: ParseState): FilterNode {
  const { start } = state.lexer;
  if (state.accept('not')) {
    const operand = state.nested(() => parseExpression(state, PRECEDENCE.not));
    return state.node({ kind: 'not', operand, start, end: operand.end });
  }
  if (state.accept('+')) return state.nested(() => parseExpression(state, PRECEDENCE.sign));
  if (state.accept('-')) {
    const operand = state.nested(() => parseExpression(state, PRECEDENCE.sign));
    if (operand.kind === 'literal' && (typeof operand.value === 'bigint' || typeof operand.value === 'number')) {
      return { ...operand, value: -operand.value, start };
    }
    return state.node({ kind: 'minus', operand, start, end: operand.end });
  }
  return parsePrimary(state);
}

function parseBinary(state: ParseState, left: FilterNode, precedence: number): FilterNode {
  const operator = state.lexer.kind;
  const { start } = left;
  switch (operator) {
    case 'and':
    case 'or':
      return parseLogical(state, left, operator, precedence);
    case 'in':
    case 'not':
      return parseMembership(state, left);
    case 'like': {
      state.lexer.next();
      const pattern = parseExpression(state, precedence + 1);
      return state.node({ kind: 'like', operand: left, pattern, start, end: pattern.end });
    }
    case '==':
    case '!=': {
      state.lexer.next();
      const right = parseExpression(state, precedence + 1);
      return state.node({ kind: 'comparison', operator, left, right, start, end: right.end });
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return parseRelational(state, left, operator);
    default: {
      state.lexer.next();
      const right = parseExpression(state, precedence + 1);
      return state.node({
        kind: 'arithmetic',
        operator: operator as ArithmeticOperator,
        left,
        right,
        start,
        end: right.end,
      });
    }
  }
}

function parseLogical(
  state: ParseState,
  left: FilterNode,
  operator: LogicalNode['operator'],
  precedence: number,
): FilterNode {
  const operands = [left];
  while (state.accept(operator)) operands.push(parseExpression(state, precedence + 1));
  return state.node({ kind: 'logical', operator, operands, start: left.start, end: state.lexer.previousEnd });
}

function parseMembership(state: ParseState, operand: FilterNode): FilterNode {
  const negated = state.accept('not');
  if (!state.accept('in')) throw state.expected("'in' after 'not'");
  const list = parseExpression(state, PRECEDENCE.membership + 1);
  return state.node({ kind: 'membership', operand, list, negated, start: operand.start, end: list.end });
}

/** `a < b`, or `a < b <= c` when a second operator of the same direction follows. */
function parseRelational(state: ParseState, left: FilterNode, operator: ComparisonOperator): FilterNode {
  state.lexer.next();
  const middle = parseExpression(state, PRECEDENCE.relational + 1);
  const second = state.lexer.kind;
  const { start } = left;
  if (second !== '<' && second !== '<=' && second !== '>' && second !== '>=') {
    return state.node({ kind: 'comparison', operator, left, right: middle, start, end: middle.end });
  }
  if (second[0] !== operator[0]) {
    throw state.fail(
      state.lexer,
      `both operators of a range must point the same way, but found ${operator} and ${second}`,
    );
  }
  state.lexer.next();
  const right = parseExpression(state, PRECEDENCE.relational + 1);
  const ascending = operator[0] === '<';
  return state.node({
    kind: 'range',
    lower: ascending ? left : right,
    lowerInclusive: (ascending ? operator : second).length === 2,
    operand: middle,
    upper: ascending ? right : left,
    upperInclusive: (ascending ? second : operator).length === 2,
    start,
    end: right.end,
  });
}
