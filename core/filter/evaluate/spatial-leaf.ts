import { setBit } from '../../bitset.ts';
import type { BytesColumn } from '../../columns/column.ts';
import { bytesAt } from '../../columns/column-operations.ts';
import { degreeLength, distanceToPoint, pointDistance } from '../../geometry/geodesic-distance.ts';
import type { Geometry } from '../../geometry/geometry.ts';
import { isValidGeometry } from '../../geometry/is-valid-geometry.ts';
import { readWkb } from '../../geometry/read-wkb.ts';
import { areRelated, boxesAllow, pointRelation, type SpatialRelation } from '../../geometry/spatial-relation.ts';
import { BOX_NUMBERS, geometryBox, geometryBoxes, isPointAt } from '../../geometry/wkb-boxes.ts';
import { writeWkb } from '../../geometry/write-wkb.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { COST, type Condition } from './condition.ts';
import { asBytes, leaf } from './leaf.ts';

/** Rows of a Geometry field in a relation with a constant. Bounding boxes are compared first; a geometry is built of the rows that they leave. */
export function spatialLeaf(
  field: FieldSchema,
  relation: SpatialRelation,
  constant: Geometry,
  negated: boolean,
): Condition {
  const box = geometryBox(writeWkb(constant));
  const isArea = /Polygon/.test(constant.getGeometryType()) && !constant.isEmpty();
  const isPointIn = isArea ? pointRelation(relation, constant) : undefined;
  const costPerRowNs = COST.geometry + constant.getCoordinates().length * COST.geometryCorner;
  return leaf({ fields: [field], costPerRowNs, negated }, ([column], rowCount, out) => {
    const rows = asBytes(column);
    const boxes = geometryBoxes(rows);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const at = row * BOX_NUMBERS;
      if (!boxesAllow(relation, boxes, at, box)) continue;
      const isRelated =
        isPointIn && isPointAt(rows.bytes, rows.offsets[row]!)
          ? isPointIn(boxes[at]!, boxes[at + 1]!)
          : areRelated(relation, readWkb(bytesAt(rows, row)), constant);
      if (isRelated) setBit(out, row);
    }
  });
}

/** Rows of a Geometry field, in degrees of longitude and latitude, that lie within so many metres of a point. */
export function withinDistanceLeaf(field: FieldSchema, point: Geometry, metres: number, negated: boolean): Condition {
  const { x, y } = point.getCoordinate()!;
  const degrees = metres / degreeLength(y);
  return leaf({ fields: [field], costPerRowNs: COST.geometry, negated }, ([column], rowCount, out) => {
    const rows = asBytes(column);
    const boxes = geometryBoxes(rows);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const at = row * BOX_NUMBERS;
      const isWithin = isPointAt(rows.bytes, rows.offsets[row]!)
        ? pointDistance(boxes[at]!, boxes[at + 1]!, x, y) <= metres
        : isBoxNear(boxes, at, x, y, degrees) && distanceToPoint(readWkb(bytesAt(rows, row)), point) <= metres;
      if (isWithin) setBit(out, row);
    }
  });
}

/** Rows whose geometry is valid by the rules of OGC: rings that do not cross, holes within their shell. */
export function validGeometryLeaf(field: FieldSchema, negated: boolean): Condition {
  return leaf({ fields: [field], costPerRowNs: COST.geometry, negated }, ([column], rowCount, out) => {
    const rows: BytesColumn = asBytes(column);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const isNull = rows.offsets[row] === rows.offsets[row + 1];
      if (!isNull && isValidGeometry(readWkb(bytesAt(rows, row)))) setBit(out, row);
    }
  });
}

/** An empty geometry has no distance: its box is inside out and near nothing. */
function isBoxNear(boxes: Float64Array, at: number, x: number, y: number, degrees: number): boolean {
  const aside = Math.max(boxes[at]! - x, 0, x - boxes[at + 2]!);
  const above = Math.max(boxes[at + 1]! - y, 0, y - boxes[at + 3]!);
  return Math.hypot(aside, above) <= degrees;
}
