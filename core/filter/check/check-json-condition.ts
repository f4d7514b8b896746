import { DataType, isVector } from '../../schema/data-type.ts';
import type { Condition } from '../evaluate/condition.ts';
import { jsonContainsLeaf, jsonExistsLeaf } from '../evaluate/json-leaf.ts';
import { notNullLeaf } from '../evaluate/null-check-leaf.ts';
import { JsonElements } from '../json/json-elements.ts';
import { JsonPath } from '../json/json-path.ts';
import type { ContainsNode, ExistsNode, LiteralValue, NullCheckNode } from '../syntax/ast.ts';
import { checkArrayContains } from './check-array-condition.ts';
import { checkField, checkList, checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField } from './type-name.ts';

/**
 * `x is null`. Of a JSON key it asks whether there is no value but null, also where the whole field is null. (Milvus turns it into `not exists`,
 * by which a row whose field is null is neither null nor not null; here every row is one of them.)
 */
export function checkNullCheck(scope: Scope, node: NullCheckNode, negated: boolean): Condition {
  const { field, path } = scope.resolve(node.operand);
  const negates = node.negated === negated;
  if (path.length === 0 && !isVector(field.dataType)) return notNullLeaf(field, negates);
  if (field.dataType !== DataType.JSON) {
    checkField(scope, node.operand);
    throw scope.fail(
      node.operand,
      'an element of an array is never null, compare array_length to know whether it is there',
    );
  }
  return jsonExistsLeaf(field, new JsonPath(path), negates, true);
}

/** `exists json["a"]`: the key is there and its value is not null. */
export function checkExists(scope: Scope, node: ExistsNode, negated: boolean): Condition {
  const operand = checkField(scope, node.operand);
  if (operand.kind !== 'json') {
    throw scope.fail(
      node.operand,
      `exists operations are only supported on json field, got ${describeField(operand.field)}`,
    );
  }
  if (operand.path.length === 0) throw scope.fail(node.operand, 'exists operations are only supported on json key');
  return jsonExistsLeaf(operand.field, operand.path, negated, false);
}

export function checkContains(scope: Scope, node: ContainsNode, negated: boolean): Condition {
  const name = node.mode === 'one' ? 'json_contains' : `json_contains_${node.mode}`;
  const { field, path } = checkList(scope, node.operand, name);
  const elements = checkOperand(scope, node.elements);
  if (elements.kind !== 'constant')
    throw scope.fail(node.elements, `the second argument of ${name} must be a constant`);
  if (node.mode !== 'one' && typeof elements.value !== 'object')
    throw scope.fail(node.elements, `${name} operation element must be an array`);
  const values = node.mode === 'one' ? [elements.value] : (elements.value as readonly LiteralValue[]);
  if (!path) return checkArrayContains(scope, node, field, values, negated);
  return jsonContainsLeaf(field, path, new JsonElements(values), node.mode === 'all' ? 'all' : 'any', negated);
}
