import { BraidError } from '../errors.ts';
import type { Geometry } from './geometry.ts';
import { WkbType } from './wkb-type.ts';

const HEAD_BYTES = 5;
const COUNT_BYTES = 4;
const POSITION_BYTES = 16;
const LITTLE_ENDIAN = 1;

/** The geometry as well-known binary (OGC 06-103r4, 8.2), little endian, two coordinates per position; an empty point has NaN for both. Throws `notSupported` for a third coordinate. */
export function writeWkb(geometry: Geometry): Uint8Array {
  const bytes = new Uint8Array(sizeOf(geometry));
  new WkbWriter(bytes).geometry(geometry);
  return bytes;
}

function sizeOf(geometry: Geometry): number {
  switch (typeOf(geometry)) {
    case WkbType.Point:
      return HEAD_BYTES + POSITION_BYTES;
    case WkbType.LineString:
      return HEAD_BYTES + COUNT_BYTES + geometry.getCoordinates().length * POSITION_BYTES;
    case WkbType.Polygon: {
      const sizes = ringsOf(geometry).map((ring) => COUNT_BYTES + ring.getCoordinates().length * POSITION_BYTES);
      return sizes.reduce((sum, size) => sum + size, HEAD_BYTES + COUNT_BYTES);
    }
    default:
      return partsOf(geometry).reduce((sum, part) => sum + sizeOf(part), HEAD_BYTES + COUNT_BYTES);
  }
}

class WkbWriter {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer);
  }

  geometry(geometry: Geometry): void {
    const type = typeOf(geometry);
    this.#view.setUint8(this.#at, LITTLE_ENDIAN);
    this.#at++;
    this.#count(type);
    switch (type) {
      case WkbType.Point: {
        const { x, y } = geometry.getCoordinate() ?? { x: Number.NaN, y: Number.NaN };
        this.#position(x, y);
        return;
      }
      case WkbType.LineString:
        this.#line(geometry);
        return;
      case WkbType.Polygon: {
        const rings = ringsOf(geometry);
        this.#count(rings.length);
        for (const ring of rings) this.#line(ring);
        return;
      }
      default: {
        const parts = partsOf(geometry);
        this.#count(parts.length);
        for (const part of parts) this.geometry(part);
      }
    }
  }

  #count(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += COUNT_BYTES;
  }

  #position(x: number, y: number): void {
    this.#view.setFloat64(this.#at, x, true);
    this.#view.setFloat64(this.#at + 8, y, true);
    this.#at += POSITION_BYTES;
  }

  #line(line: Geometry): void {
    const positions = line.getCoordinates();
    this.#count(positions.length);
    for (const { x, y } of positions) this.#position(x, y);
  }
}

/** A linear ring of its own is a line. */
function typeOf(geometry: Geometry): WkbType {
  const name = geometry.getGeometryType() === 'LinearRing' ? 'LineString' : geometry.getGeometryType();
  const { z } = geometry.getCoordinate() ?? { z: Number.NaN };
  if (!Number.isNaN(z)) throw new BraidError('notSupported', 'geometries with a Z coordinate are not supported');
  const type = (WkbType as Readonly<Record<string, WkbType | undefined>>)[name];
  if (type === undefined) throw new BraidError('notSupported', `geometries of type ${name} are not supported`);
  return type;
}

function ringsOf(polygon: Geometry): Geometry[] {
  if (polygon.isEmpty()) return [];
  const inner = Array.from({ length: polygon.getNumInteriorRing() }, (_, i) => polygon.getInteriorRingN(i));
  return [polygon.getExteriorRing(), ...inner];
}

function partsOf(geometry: Geometry): Geometry[] {
  return Array.from({ length: geometry.getNumGeometries() }, (_, i) => geometry.getGeometryN(i));
}
