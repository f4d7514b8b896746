import type JstsGeometry from 'jsts/org/locationtech/jts/geom/Geometry.js';

export interface Position {
  readonly x: number;
  readonly y: number;
  /** NaN where there is none. */
  readonly z: number;
}

/** A geometry of jsts, together with the methods that its generated types leave out. What a kind of geometry has not, must not be called. */
export interface Geometry extends Omit<JstsGeometry, 'getGeometryN' | 'getNumGeometries'> {
  /** `Point`, `LineString`, `LinearRing`, `Polygon`, `MultiPoint`, ... */
  getGeometryType(): string;
  isEmpty(): boolean;
  /** The first one; null of an empty geometry. */
  getCoordinate(): Position | null;
  getCoordinates(): Position[];
  /** Of collections. */
  getNumGeometries(): number;
  getGeometryN(index: number): Geometry;
  /** Of polygons. */
  getExteriorRing(): Geometry;
  getNumInteriorRing(): number;
  getInteriorRingN(index: number): Geometry;
}
