import DistanceOp from 'jsts/org/locationtech/jts/operation/distance/DistanceOp.js';
import type { Geometry } from './geometry.ts';

/** Metres, as Milvus computes them (internal/core/src/common/Geometry.h). */
const EARTH_RADIUS = 6_371_000;
const DEGREE_OF_LATITUDE = 111_320;

/** Between two points given in degrees, on a sphere (the haversine formula). */
export function pointDistance(
  longitude: number,
  latitude: number,
  otherLongitude: number,
  otherLatitude: number,
): number {
  const [from, to] = [radians(latitude), radians(otherLatitude)];
  const across = Math.sin((to - from) / 2) ** 2;
  const along = Math.sin(radians(otherLongitude - longitude) / 2) ** 2;
  const share = across + Math.cos(from) * Math.cos(to) * along;
  return 2 * EARTH_RADIUS * Math.atan2(Math.sqrt(share), Math.sqrt(1 - share));
}

/** Between any geometry and a point: the distance in degrees, times the mean length of a degree at the point's latitude. */
export function distanceToPoint(geometry: Geometry, point: Geometry): number {
  const degrees = DistanceOp.distance(geometry as never, point as never) as unknown as number;
  return degrees * degreeLength(point.getCoordinate()!.y);
}

export function degreeLength(latitude: number): number {
  return DEGREE_OF_LATITUDE * Math.sqrt((1 + Math.cos(radians(latitude)) ** 2) / 2);
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
