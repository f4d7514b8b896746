import Coordinate from 'jsts/org/locationtech/jts/geom/Coordinate.js';
import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import PrecisionModel from 'jsts/org/locationtech/jts/geom/PrecisionModel.js';
import { BraidError } from '../errors.ts';
import type { Geometry } from './geometry.ts';
import { NESTING_MAX, WkbType } from './wkb-type.ts';

const POSITION_BYTES = 16;
const COUNT_BYTES = 4;
const LITTLE_ENDIAN = 1;

/** The methods used here: jsts' generated types of geometries do not fit together. */
interface Factory {
  createPoint(position?: Coordinate): Geometry;
  createLineString(positions: Coordinate[]): Geometry;
  createLinearRing(positions?: Coordinate[]): Geometry;
  createPolygon(shell: Geometry, holes: Geometry[]): Geometry;
  createMultiPoint(parts: Geometry[]): Geometry;
  createMultiLineString(parts: Geometry[]): Geometry;
  createMultiPolygon(parts: Geometry[]): Geometry;
  createGeometryCollection(parts: Geometry[]): Geometry;
}

const factory = new GeometryFactory(new PrecisionModel()) as unknown as Factory;

/**
 * The geometry in well-known binary, of either byte order. What `writeWkb` wrote reads back equal. Throws `parameterInvalid` for bytes that are none, `notSupported` for more than
 * two coordinates per position.
 */
export function readWkb(bytes: Uint8Array): Geometry {
  const reader = new WkbReader(bytes);
  const geometry = reader.geometry(0);
  reader.end();
  return geometry;
}

class WkbReader {
  readonly #view: DataView;
  #at = 0;
  #isLittleEndian = true;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  geometry(depth: number): Geometry {
    if (depth > NESTING_MAX) throw invalid(`collections lie in one another more than ${NESTING_MAX} deep`);
    this.#need(1);
    this.#isLittleEndian = this.#view.getUint8(this.#at) === LITTLE_ENDIAN;
    this.#at++;
    const type = this.#uint32();
    switch (type) {
      case WkbType.Point: {
        const position = this.#position();
        return Number.isNaN(position.x) ? factory.createPoint() : factory.createPoint(position);
      }
      case WkbType.LineString:
        return made(() => factory.createLineString(this.#positions()));
      case WkbType.Polygon:
        return this.#polygon();
      case WkbType.MultiPoint:
        return factory.createMultiPoint(this.#parts(depth, 'Point'));
      case WkbType.MultiLineString:
        return factory.createMultiLineString(this.#parts(depth, 'LineString'));
      case WkbType.MultiPolygon:
        return factory.createMultiPolygon(this.#parts(depth, 'Polygon'));
      case WkbType.GeometryCollection:
        return factory.createGeometryCollection(this.#parts(depth, undefined));
      default:
        throw new BraidError('notSupported', `WKB geometries of type ${type} are not supported`);
    }
  }

  end(): void {
    const left = this.#view.byteLength - this.#at;
    if (left > 0) throw invalid(`${left} bytes follow the geometry`);
  }

  #polygon(): Geometry {
    const rings = Array.from({ length: this.#count(COUNT_BYTES) }, () => {
      return made(() => factory.createLinearRing(this.#positions()));
    });
    return factory.createPolygon(rings[0] ?? factory.createLinearRing(), rings.slice(1));
  }

  #parts(depth: number, wanted: string | undefined): Geometry[] {
    return Array.from({ length: this.#count(1) }, () => {
      const part = this.geometry(depth + 1);
      if (wanted === undefined || part.getGeometryType() === wanted) return part;
      throw invalid(`a ${part.getGeometryType()} lies in a collection of ${wanted}s`);
    });
  }

  #positions(): Coordinate[] {
    return Array.from({ length: this.#count(POSITION_BYTES) }, () => this.#position());
  }

  #position(): Coordinate {
    this.#need(POSITION_BYTES);
    const x = this.#view.getFloat64(this.#at, this.#isLittleEndian);
    const y = this.#view.getFloat64(this.#at + 8, this.#isLittleEndian);
    this.#at += POSITION_BYTES;
    return new Coordinate(x, y);
  }

  /** A number of things that have at least so many bytes each: what cannot be there is found before room is made for it. */
  #count(bytesEach: number): number {
    const count = this.#uint32();
    this.#need(count * bytesEach);
    return count;
  }

  #uint32(): number {
    this.#need(COUNT_BYTES);
    const value = this.#view.getUint32(this.#at, this.#isLittleEndian);
    this.#at += COUNT_BYTES;
    return value;
  }

  #need(byteCount: number): void {
    if (this.#at + byteCount > this.#view.byteLength) throw invalid('the bytes end too early');
  }
}

/** What jsts refuses: rings that are not closed, lines of one position. */
function made<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof BraidError) throw cause;
    throw new BraidError('parameterInvalid', `invalid geometry: ${(cause as Error).message}`, { cause });
  }
}

function invalid(why: string): BraidError {
  return new BraidError('parameterInvalid', `invalid geometry: ${why}`);
}
