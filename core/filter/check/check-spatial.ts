import { BraidError } from '../../errors.ts';
import type { Geometry } from '../../geometry/geometry.ts';
import { readWkt } from '../../geometry/geometry-text.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType } from '../../schema/data-type.ts';
import type { Condition } from '../evaluate/condition.ts';
import { spatialLeaf, validGeometryLeaf, withinDistanceLeaf } from '../evaluate/spatial-leaf.ts';
import type { FieldNode, FilterNode, SpatialNode } from '../syntax/ast.ts';
import { checkOperand } from './operand.ts';
import type { Scope } from './scope.ts';
import { describeField, isNumber } from './type-name.ts';

/** `st_within(field, 'POLYGON (…)')` and its likes, `st_dwithin(field, 'POINT (…)', metres)`, `st_isvalid(field)`. */
export function checkSpatial(scope: Scope, node: SpatialNode, negated: boolean): Condition {
  const field = geometryField(scope, node, node.operand);
  if (node.relation === 'isvalid') return validGeometryLeaf(field, negated);
  const constant = geometryOf(scope, node.geometry!);
  if (node.relation !== 'dwithin') return spatialLeaf(field, node.relation, constant, negated);
  if (constant.getGeometryType() !== 'Point' || constant.isEmpty()) {
    throw scope.fail(node.geometry!, 'only a POINT can be the center of st_dwithin');
  }
  return withinDistanceLeaf(field, constant, metresOf(scope, node.distance!), negated);
}

function geometryField(scope: Scope, node: SpatialNode, operand: FieldNode): FieldSchema {
  const { field, path } = scope.resolve(operand);
  if (field.dataType === DataType.Geometry && path.length === 0) return field;
  throw scope.fail(
    node,
    `st_${node.relation} operation are only supported on geometry fields now, got ${describeField(field)}`,
  );
}

function geometryOf(scope: Scope, node: FilterNode): Geometry {
  const operand = checkOperand(scope, node);
  if (operand.kind !== 'constant' || typeof operand.value !== 'string') {
    throw scope.fail(node, 'expected a geometry as well-known text, such as "POINT (1 2)"');
  }
  try {
    return readWkt(operand.value);
  } catch (error) {
    if (error instanceof BraidError) throw scope.fail(node, error.message);
    throw error;
  }
}

function metresOf(scope: Scope, node: FilterNode): number {
  const operand = checkOperand(scope, node);
  if (operand.kind !== 'constant' || !isNumber(operand.value)) {
    throw scope.fail(node, 'distance parameter must be a constant numeric value');
  }
  if (operand.value < 0) throw scope.fail(node, `distance parameter must be non-negative, got: ${operand.value}`);
  return Number(operand.value);
}
