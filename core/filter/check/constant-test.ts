import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType } from '../../schema/data-type.ts';
import { COST, type Condition } from '../evaluate/condition.ts';
import { doubleInterval, intersectDoubles } from '../evaluate/double-interval.ts';
import { inPrecisionOf } from '../evaluate/exact-constants.ts';
import { integerInterval, intersectIntegers } from '../evaluate/integer-interval.ts';
import { doubleIntervalLeaf, integerIntervalLeaf } from '../evaluate/interval-leaf.ts';
import { jsonLeaf } from '../evaluate/json-leaf.ts';
import { allOf, anyOf } from '../evaluate/logical-condition.ts';
import { compareNumbers, numberComparisonLeaf } from '../evaluate/number-comparison-leaf.ts';
import { textLeaf } from '../evaluate/text-leaf.ts';
import { JsonLists } from '../json/json-lists.ts';
import type { JsonTest } from '../json/json-test.ts';
import type { ComparisonOperator, FilterNode, LiteralValue } from '../syntax/ast.ts';
import type { BytePredicate, TextBound } from '../text/byte-predicate.ts';
import { utf8 } from '../text/byte-predicate.ts';
import { TextEqual } from '../text/text-equal.ts';
import { TextInterval } from '../text/text-interval.ts';
import { checkArrayEquals } from './check-array-condition.ts';
import type { Operand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField, describeLiteral, isFloatType, isIntegerType, isNumber, literalTypeName } from './type-name.ts';

/** `value operator constant`; a range is two of them that must both hold. */
export interface Bound {
  readonly operator: Exclude<ComparisonOperator, '!='>;
  readonly value: LiteralValue;
}

/** Compares a value of the rows with one constant, or with the two of a range. */
export function constantTest(
  scope: Scope,
  node: FilterNode,
  operand: Exclude<Operand, { kind: 'constant' }>,
  bounds: readonly Bound[],
  negated: boolean,
): Condition {
  switch (operand.kind) {
    case 'column':
      return columnTest(scope, node, operand.field, bounds, negated);
    case 'array':
      return checkArrayEquals(scope, node, operand.field, bounds, negated);
    case 'json':
      return jsonLeaf(operand.field, operand.path, jsonTest(scope, node, bounds), negated);
    case 'number': {
      const parts = bounds.map(({ operator, value }) => {
        if (!isNumber(value))
          throw scope.fail(node, `comparisons between a number and ${literalTypeName(value)} are not supported`);
        return numberComparisonLeaf(operator, operand.expression, { kind: 'constant', value }, negated);
      });
      return negated ? anyOf(parts) : allOf(parts);
    }
  }
}

function columnTest(
  scope: Scope,
  node: FilterNode,
  field: FieldSchema,
  bounds: readonly Bound[],
  negated: boolean,
): Condition {
  const { dataType } = field;
  const values = bounds.map((bound) => bound.value);
  if (isIntegerType(dataType) && values.every(isNumber)) {
    const intervals = bounds.map(({ operator, value }) => integerInterval(operator, value as number | bigint));
    const interval = intervals.reduce(intersectIntegers);
    const condition = integerIntervalLeaf(field, interval, negated);
    const isKey = field.isPrimaryKey && bounds[0]!.operator === '==' && !negated;
    return isKey ? { ...condition, primaryKeys: interval.lo <= interval.hi ? [interval.lo] : [] } : condition;
  }
  if (isFloatType(dataType) && values.every(isNumber)) {
    const intervals = bounds.map(({ operator, value }) =>
      doubleInterval(operator, inPrecisionOf(dataType, value as number | bigint)),
    );
    return doubleIntervalLeaf(field, intervals.reduce(intersectDoubles), negated);
  }
  if (dataType === DataType.Bool && values.every((value) => typeof value === 'boolean')) {
    const intervals = bounds.map(({ operator, value }) => doubleInterval(operator, value ? 1 : 0));
    return doubleIntervalLeaf(field, intervals.reduce(intersectDoubles), negated);
  }
  if (dataType === DataType.VarChar && values.every((value) => typeof value === 'string')) {
    const condition = textLeaf(field, textPredicate(bounds), COST.text, negated);
    const isKey = field.isPrimaryKey && bounds[0]!.operator === '==' && !negated;
    return isKey ? { ...condition, primaryKeys: [String(values[0])] } : condition;
  }
  const wrong = values.find((value) => !fits(dataType, value))!;
  throw scope.fail(
    node,
    `comparisons between ${describeField(field)} and ${describeLiteral(wrong)} of type ${literalTypeName(wrong)} are not supported`,
  );
}

/** True if a field of the type can be compared with the constant. */
export function fits(dataType: DataType, value: LiteralValue): boolean {
  if (dataType === DataType.Bool) return typeof value === 'boolean';
  if (dataType === DataType.VarChar) return typeof value === 'string';
  return (isIntegerType(dataType) || isFloatType(dataType)) && isNumber(value);
}

function textPredicate(bounds: readonly Bound[]): BytePredicate {
  let lower: TextBound | undefined;
  let upper: TextBound | undefined;
  for (const { operator, value } of bounds) {
    const bytes = utf8(String(value));
    if (operator === '==') return new TextEqual(bytes);
    const bound = { value: bytes, inclusive: operator.length === 2 };
    if (operator.startsWith('>')) lower = bound;
    else upper = bound;
  }
  return new TextInterval(lower, upper);
}

/** A range has bounds of one type; the checker of ranges has seen to that. */
function jsonTest(scope: Scope, node: FilterNode, bounds: readonly Bound[]): JsonTest {
  const [{ operator, value }] = bounds as readonly [Bound];
  if (isNumber(value)) {
    const intervals = bounds.map((bound) => doubleInterval(bound.operator, bound.value as number | bigint));
    const big = (row: bigint) =>
      bounds.every((bound) => compareNumbers(bound.operator, row, bound.value as number | bigint));
    return { numbers: { type: 'interval', interval: intervals.reduce(intersectDoubles), big } };
  }
  if (typeof value === 'string') return { texts: textPredicate(bounds) };
  if (typeof value === 'boolean') {
    const holds = (row: number) => bounds.every((bound) => compareNumbers(bound.operator, row, bound.value ? 1 : 0));
    return { booleans: { whenTrue: holds(1), whenFalse: holds(0) } };
  }
  if (operator !== '==') throw scope.fail(node, `a list can be compared with == and != only, not with ${operator}`);
  return { lists: new JsonLists([value]) };
}
