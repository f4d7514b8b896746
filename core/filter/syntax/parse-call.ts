import type { ContainsNode, FieldNode, FilterNode, MatchNode, SpatialNode, TextMatchNode } from './ast.ts';
import { parseExpression } from './parse-expression.ts';
import type { ParseState } from './parse-state.ts';

/** How the arguments of a function are read; the current token is the one after the opening parenthesis, the closing one is read by the caller. */
type ParseArguments = (state: ParseState, callee: FieldNode) => Unplaced<FilterNode>;

type Unplaced<Node> = Node extends FilterNode ? Omit<Node, 'start' | 'end'> : never;

const FUNCTIONS: ReadonlyMap<string, ParseArguments> = new Map<string, ParseArguments>([
  ['json_contains', contains('one')],
  ['json_contains_all', contains('all')],
  ['json_contains_any', contains('any')],
  ['array_contains', contains('one')],
  ['array_contains_all', contains('all')],
  ['array_contains_any', contains('any')],
  ['array_length', (state, callee) => ({ kind: 'length', operand: parseFieldArgument(state, callee) })],
  ['text_match', parseTextMatch],
  ['phrase_match', parsePhraseMatch],
  ['random_sample', (state) => ({ kind: 'sample', factor: parseArgument(state) })],
  ['element_filter', matches('any', true)],
  ['match_any', matches('any')],
  ['match_all', matches('all')],
  ['match_least', matches('least')],
  ['match_most', matches('most')],
  ['match_exact', matches('exact')],
  ['st_equals', spatial('equals')],
  ['st_touches', spatial('touches')],
  ['st_overlaps', spatial('overlaps')],
  ['st_crosses', spatial('crosses')],
  ['st_contains', spatial('contains')],
  ['st_intersects', spatial('intersects')],
  ['st_within', spatial('within')],
  ['st_dwithin', spatial('dwithin')],
  ['st_isvalid', spatial('isvalid')],
]);

/** Functions of Milvus that Braid does not have. Their arguments have a syntax of their own, so that they are refused by name. */
const UNSUPPORTED = /^membership_match$/;

/** The current token is the parenthesis after `callee`. Names of functions are case-insensitive. */
export function parseCall(state: ParseState, callee: FieldNode): FilterNode {
  const name = callee.name.toLowerCase();
  const parseArguments = FUNCTIONS.get(name);
  if (!parseArguments) {
    if (UNSUPPORTED.test(name)) throw state.fail(callee, `function ${name} is not supported`, 'notSupported');
    throw state.fail(callee, `unknown function ${callee.name}, expected one of ${[...FUNCTIONS.keys()].join(', ')}`);
  }
  state.expect('(');
  const call = parseArguments(state, callee);
  state.expect(')');
  return state.node({ ...call, start: callee.start, end: state.lexer.previousEnd } as FilterNode);
}

export function parseArgument(state: ParseState): FilterNode {
  return state.nested(() => parseExpression(state, 0));
}

export function parseFieldArgument(state: ParseState, callee: FieldNode): FieldNode {
  const operand = parseArgument(state);
  if (operand.kind === 'field') return operand;
  throw state.fail(operand, `the first argument of ${callee.name.toLowerCase()} must be a field or a JSON key`);
}

/** `, name = 3`; undefined if the arguments end here. */
export function parseIntegerOption(state: ParseState, name: string): bigint | undefined {
  if (!state.accept(',')) return undefined;
  if (!state.at('name') || (state.lexer.value as string).toLowerCase() !== name) throw state.expected(`'${name} = …'`);
  state.lexer.next();
  state.expect('=');
  const { value } = state.lexer;
  if (!state.accept('integer')) throw state.expected('a whole number');
  return value as bigint;
}

function parseTextMatch(state: ParseState, callee: FieldNode): Unplaced<TextMatchNode> {
  const field = parseFieldArgument(state, callee);
  state.expect(',');
  const query = parseArgument(state);
  return { kind: 'textMatch', mode: 'any', field, query, option: parseIntegerOption(state, 'minimum_should_match') };
}

function parsePhraseMatch(state: ParseState, callee: FieldNode): Unplaced<TextMatchNode> {
  const field = parseFieldArgument(state, callee);
  state.expect(',');
  const query = parseArgument(state);
  if (!state.accept(',')) return { kind: 'textMatch', mode: 'phrase', field, query, option: undefined };
  const { value } = state.lexer;
  if (!state.accept('integer')) throw state.expected('a whole number (slop)');
  return { kind: 'textMatch', mode: 'phrase', field, query, option: value as bigint };
}

function contains(mode: ContainsNode['mode']): ParseArguments {
  return (state, callee) => {
    const operand = parseFieldArgument(state, callee);
    state.expect(',');
    return { kind: 'contains', mode, operand, elements: parseArgument(state) };
  };
}

function spatial(relation: SpatialNode['relation']): ParseArguments {
  return (state, callee) => {
    const operand = parseFieldArgument(state, callee);
    const next = () => {
      state.expect(',');
      return parseArgument(state);
    };
    const geometry = relation === 'isvalid' ? undefined : next();
    const distance = relation === 'dwithin' ? next() : undefined;
    return { kind: 'spatial', relation, operand, geometry, distance };
  };
}

function matches(mode: MatchNode['mode'], isElementFilter = false): ParseArguments {
  const match = { kind: 'match', mode, isElementFilter } as const;
  return (state, callee) => {
    const struct = parseFieldArgument(state, callee);
    state.expect(',');
    const condition = parseArgument(state);
    if (mode === 'any' || mode === 'all') return { ...match, struct, condition, threshold: 1n };
    const threshold = parseIntegerOption(state, 'threshold');
    if (threshold === undefined) throw state.expected("', threshold = …'");
    return { ...match, struct, condition, threshold };
  };
}
