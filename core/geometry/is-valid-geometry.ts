import IsValidOp from 'jsts/org/locationtech/jts/operation/valid/IsValidOp.js';
import type { Geometry } from './geometry.ts';

/** Rings that do not cross, holes within their shell, and so on (OGC 06-103r4, 6.1.11). */
export function isValidGeometry(geometry: Geometry): boolean {
  return IsValidOp.isValid(geometry as never) as unknown as boolean;
}
