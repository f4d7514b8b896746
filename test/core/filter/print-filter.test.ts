import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FilterNode, LiteralValue } from '../../../core/filter/syntax/ast.ts';
import { parseFilter } from '../../../core/filter/syntax/parse-filter.ts';
import { printFilter } from '../../../core/filter/syntax/print-filter.ts';

const span = { start: 0, end: 0 };
const name = fc.constantFrom('a', 'b1', '_c', 'Field', 'is', 'null', 'iso', 'string', 'r', 'meta', '$meta');

const literalValue: fc.Arbitrary<LiteralValue> = fc.letrec<{ value: LiteralValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

const literal = literalValue.map((value): FilterNode => ({ kind: 'literal', value, ...span }));
const field = fc.record({
  kind: fc.constant('field' as const),
  name,
  path: fc.array(fc.oneof(fc.string({ minLength: 1 }), fc.nat()), { maxLength: 2 }),
  start: fc.constant(0),
  end: fc.constant(0),
});

/** Any tree that a text can stand for: a minus before a number is a part of the number, so that it is no node. */
const tree = fc.letrec<{ node: FilterNode }>((tie) => {
  const node = tie('node');
  const of = <Kind extends FilterNode['kind']>(
    kind: Kind,
    parts: Record<string, fc.Arbitrary<unknown>>,
  ): fc.Arbitrary<FilterNode> =>
    fc.record(parts).map((values) => ({ kind, ...values, ...span }) as unknown as FilterNode);
  return {
    node: fc.oneof(
      { maxDepth: 4 },
      literal,
      field,
      of('template', { name: fc.constantFrom('x', 'y1') }),
      of('timestamp', { text: fc.string() }),
      of('interval', { text: fc.string() }),
      of('minus', { operand: node.filter((operand) => !isNumber(operand)) }),
      of('not', { operand: node }),
      of('arithmetic', {
        operator: fc.constantFrom('+', '-', '*', '/', '%', '**', '&', '|', '^'),
        left: node,
        right: node,
      }),
      of('comparison', { operator: fc.constantFrom('==', '!=', '<', '<=', '>', '>='), left: node, right: node }),
      of('range', {
        lower: node,
        lowerInclusive: fc.boolean(),
        operand: node,
        upper: node,
        upperInclusive: fc.boolean(),
      }),
      of('membership', { operand: node, list: node, negated: fc.boolean() }),
      of('like', { operand: node, pattern: node }),
      of('nullCheck', { operand: field, negated: fc.boolean() }),
      of('exists', { operand: field }),
      of('length', { operand: field }),
      of('contains', { mode: fc.constantFrom('one', 'all', 'any'), operand: field, elements: node }),
      of('sample', { factor: node }),
      of('spatial', {
        relation: fc.constantFrom('within', 'touches', 'equals'),
        operand: field,
        geometry: node,
        distance: fc.constant(undefined),
      }),
      of('spatial', { relation: fc.constant('dwithin'), operand: field, geometry: node, distance: node }),
      of('match', {
        mode: fc.constant('any'),
        isElementFilter: fc.boolean(),
        struct: field,
        condition: node,
        threshold: fc.constant(1n),
      }),
      of('match', {
        mode: fc.constant('all'),
        isElementFilter: fc.constant(false),
        struct: field,
        condition: node,
        threshold: fc.constant(1n),
      }),
      of('match', {
        mode: fc.constantFrom('least', 'most', 'exact'),
        isElementFilter: fc.constant(false),
        struct: field,
        condition: node,
        threshold: fc.nat().map(BigInt),
      }),
      of('logical', {
        operator: fc.constantFrom('and', 'or'),
        operands: fc.array(node, { minLength: 2, maxLength: 4 }),
      }),
    ),
  };
}).node;

function isNumber(node: FilterNode): boolean {
  return node.kind === 'literal' && (typeof node.value === 'bigint' || typeof node.value === 'number');
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'start' && key !== 'end')
      .map(([key, inner]) => [key, withoutPlaces(inner)]),
  );
}

it('parsing what was printed gives the tree again', () => {
  fc.assert(
    fc.property(tree, (node) => {
      const text = printFilter(node);
      expect(withoutPlaces(parseFilter(text)), text).toStrictEqual(withoutPlaces(node));
    }),
    { numRuns: 1_000 },
  );
});
