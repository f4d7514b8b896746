import type { CollectionSchema, StructSchema } from '../../schema/collection-schema.ts';
import { isVector } from '../../schema/data-type.ts';
import type { Condition } from '../evaluate/condition.ts';
import { elementFieldIds, matchCondition, metElements } from '../evaluate/match-condition.ts';
import type { ElementTest } from '../filter.ts';
import type { MatchNode } from '../syntax/ast.ts';
import { checkCondition } from './check-condition.ts';
import type { Scope } from './scope.ts';

/** `match_any(struct, $[sub] > 3)`: the condition is one of the elements of a struct. */
export function checkMatch(scope: Scope, node: MatchNode, negated: boolean): Condition {
  const struct = structNamed(scope.schema, node.struct.name);
  if (!struct || node.struct.path.length > 0)
    throw scope.fail(node.struct, `${node.struct.name} is no array of structs`);
  const subFields = scope.schema.fields.filter(
    (field) => struct.fieldIds.includes(field.id) && !isVector(field.dataType),
  );
  const condition = checkCondition(scope.withinStruct(struct.name), node.condition, false);
  if (node.isElementFilter) {
    const met: ElementTest['met'] = (source) => metElements(subFields, condition, source);
    scope.addElementTest({ node, test: { struct, fieldIds: elementFieldIds(subFields, condition), met } });
  }
  return matchCondition(subFields, condition, node.mode, Number(node.threshold), negated);
}

function structNamed(schema: CollectionSchema, name: string): StructSchema | undefined {
  return schema.structs.find((struct) => struct.name === name);
}
