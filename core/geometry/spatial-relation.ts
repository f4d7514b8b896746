import IndexedPointInAreaLocator from 'jsts/org/locationtech/jts/algorithm/locate/IndexedPointInAreaLocator.js';
import SimplePointInAreaLocator from 'jsts/org/locationtech/jts/algorithm/locate/SimplePointInAreaLocator.js';
import Coordinate from 'jsts/org/locationtech/jts/geom/Coordinate.js';
import Location from 'jsts/org/locationtech/jts/geom/Location.js';
import RelateOp from 'jsts/org/locationtech/jts/operation/relate/RelateOp.js';
import type { Geometry } from './geometry.ts';

/** Relations of two geometries (OGC 06-103r4, 6.1.15); the row is the first, a constant the second. */
export type SpatialRelation = 'equals' | 'touches' | 'overlaps' | 'crosses' | 'contains' | 'intersects' | 'within';

/** What jsts exports and its generated types leave out. */
type Relate = Readonly<Record<string, (first: Geometry, second: Geometry) => boolean>>;
const relate = RelateOp as unknown as Relate;
const locate = SimplePointInAreaLocator.locate as unknown as (position: Coordinate, area: Geometry) => number;

/** An area of more corners is looked up in an index of its edges. */
const SIMPLE_CORNERS_MAX = 32;

/** Geometries that cannot be related (some that are not valid) are in no relation, as with OGR, which Milvus uses. */
export function areRelated(relation: SpatialRelation, row: Geometry, constant: Geometry): boolean {
  try {
    switch (relation) {
      case 'within':
        return relate['contains']!(constant, row);
      case 'equals':
        return relate['equalsTopo']!(row, constant);
      default:
        return relate[relation]!(row, constant);
    }
  } catch {
    return false;
  }
}

/** The same for points and an area, which most questions are about: some fifty times faster. The area is not empty. */
export function pointRelation(relation: SpatialRelation, area: Geometry): (x: number, y: number) => boolean {
  const locationOf = locatorOf(area);
  switch (relation) {
    case 'intersects':
      return (x, y) => locationOf(new Coordinate(x, y)) !== Location.EXTERIOR;
    case 'within':
      return (x, y) => locationOf(new Coordinate(x, y)) === Location.INTERIOR;
    case 'touches':
      return (x, y) => locationOf(new Coordinate(x, y)) === Location.BOUNDARY;
    default:
      return () => false;
  }
}

function locatorOf(area: Geometry): (position: Coordinate) => number {
  if (area.getCoordinates().length <= SIMPLE_CORNERS_MAX) return (position) => locate(position, area);
  const locator = new IndexedPointInAreaLocator(area);
  return (position) => locator.locate(position);
}

/** Whether boxes that lie so leave the relation open: four numbers each, see wkb-boxes.ts. */
export function boxesAllow(
  relation: SpatialRelation,
  boxes: Float64Array,
  at: number,
  constant: Float64Array,
): boolean {
  const minX = boxes[at]!;
  const minY = boxes[at + 1]!;
  const maxX = boxes[at + 2]!;
  const maxY = boxes[at + 3]!;
  const [otherMinX, otherMinY, otherMaxX, otherMaxY] = constant as unknown as [number, number, number, number];
  switch (relation) {
    case 'within':
    case 'equals':
      return minX >= otherMinX && maxX <= otherMaxX && minY >= otherMinY && maxY <= otherMaxY && minX <= maxX;
    case 'contains':
      return minX <= otherMinX && maxX >= otherMaxX && minY <= otherMinY && maxY >= otherMaxY;
    default:
      return minX <= otherMaxX && maxX >= otherMinX && minY <= otherMaxY && maxY >= otherMinY;
  }
}
