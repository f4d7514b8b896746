/** Numbers of geometry types in well-known binary, by the names that jsts gives them. */
export const WkbType = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
  GeometryCollection: 7,
} as const;

export type WkbType = (typeof WkbType)[keyof typeof WkbType];

/** How deep collections may lie in one another. */
export const NESTING_MAX = 32;
