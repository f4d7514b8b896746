import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType } from '../../schema/data-type.ts';
import { COST, type Condition } from '../evaluate/condition.ts';
import { exactDouble, exactInteger, inPrecisionOf } from '../evaluate/exact-constants.ts';
import { IntegerSet } from '../evaluate/integer-set.ts';
import { doubleIntervalLeaf } from '../evaluate/interval-leaf.ts';
import { jsonLeaf } from '../evaluate/json-leaf.ts';
import { doubleSetLeaf, integerSetLeaf } from '../evaluate/set-leaf.ts';
import { textLeaf } from '../evaluate/text-leaf.ts';
import { JsonLists } from '../json/json-lists.ts';
import type { JsonTest } from '../json/json-test.ts';
import { numberKey } from '../json/number-key.ts';
import type { LiteralValue, MembershipNode } from '../syntax/ast.ts';
import { TextSet } from '../text/text-set.ts';
import { fits } from './constant-test.ts';
import { checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField, describeLiteral, isFloatType, isIntegerType, isNumber } from './type-name.ts';

/** `value in [...]`: like `==` with each value of the list. */
export function checkMembership(scope: Scope, node: MembershipNode, negated: boolean): Condition {
  const operand = checkOperand(scope, node.operand);
  if (operand.kind === 'constant')
    throw scope.fail(node.operand, "'in' can only be used on a field, but got a constant");
  if (operand.kind === 'number') throw scope.fail(node.operand, "'in' can only be used on a single field or JSON key");
  const list = checkOperand(scope, node.list);
  if (list.kind !== 'constant' || typeof list.value !== 'object') {
    throw scope.fail(node.list, "the right-hand side of 'in' must be a list");
  }
  if (operand.kind === 'array') {
    throw scope.fail(
      node.operand,
      `'in' takes an element of an array, such as ${operand.field.name}[0], or use array_contains_any`,
    );
  }
  const negates = node.negated !== negated;
  if (operand.kind === 'json') return jsonLeaf(operand.field, operand.path, jsonSetTest(list.value), negates);
  const { field } = operand;
  const wrong = list.value.find((value) => !fits(field.dataType, value));
  if (wrong !== undefined) {
    throw scope.fail(
      node.list,
      `value ${describeLiteral(wrong)} in list cannot be casted to the type of ${describeField(field)}`,
    );
  }
  return columnSet(field, list.value, negates);
}

function columnSet(field: FieldSchema, values: readonly LiteralValue[], negated: boolean): Condition {
  if (isIntegerType(field.dataType)) {
    const set = new IntegerSet(exactIntegers(values as readonly (number | bigint)[]));
    const condition = integerSetLeaf(field, set, negated);
    return field.isPrimaryKey && !negated ? { ...condition, primaryKeys: set.toArray() } : condition;
  }
  if (isFloatType(field.dataType)) {
    const doubles = values.filter(isNumber).map((value) => exactDouble(inPrecisionOf(field.dataType, value)));
    return doubleSetLeaf(
      field,
      doubles.filter((value) => value !== undefined),
      negated,
    );
  }
  if (field.dataType === DataType.Bool) {
    const numbers = values.map(Number);
    const interval = { lo: Math.min(...new Set(numbers)), hi: Math.max(...new Set(numbers)) };
    return doubleIntervalLeaf(field, interval, negated);
  }
  const texts = values.map(String);
  const condition = textLeaf(field, new TextSet(texts), COST.set, negated);
  return field.isPrimaryKey && !negated ? { ...condition, primaryKeys: [...new Set(texts)] } : condition;
}

/** As a list of its own only where a value is no bigint: most are, and lists may be long. */
function exactIntegers(values: readonly (number | bigint)[]): readonly bigint[] {
  if (values.every((value) => typeof value === 'bigint')) return values;
  return values.map(exactInteger).filter((value) => value !== undefined);
}

/** JSON values may be of any type, and so may the list. */
function jsonSetTest(values: readonly LiteralValue[]): JsonTest {
  const numbers = values.filter(isNumber);
  const texts = values.filter((value) => typeof value === 'string');
  const lists = values.filter((value) => typeof value === 'object');
  return {
    ...(numbers.length > 0 && { numbers: { type: 'set', keys: new Set(numbers.map(numberKey)) } }),
    ...(texts.length > 0 && { texts: new TextSet(texts) }),
    ...(lists.length > 0 && { lists: new JsonLists(lists) }),
    booleans: { whenTrue: values.includes(true), whenFalse: values.includes(false) },
  };
}
