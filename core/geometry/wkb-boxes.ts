import type { BytesColumn } from '../columns/column.ts';
import { WkbType } from './wkb-type.ts';

/** Numbers of one box: smallest x and y, largest x and y. */
export const BOX_NUMBERS = 4;

/** Work not done twice for as long as the column object lives. */
const BOXES = new WeakMap<BytesColumn, Float64Array>();

/**
 * The bounding box of every row of a Geometry column, four numbers each; of null rows and empty geometries one that nothing meets (infinite, inside out).
 * No geometry is built for it.
 */
export function geometryBoxes(column: BytesColumn): Float64Array {
  const known = BOXES.get(column);
  if (known) return known;
  const { bytes, offsets, rowCount } = column;
  const boxes = new Float64Array(rowCount * BOX_NUMBERS);
  const reader = new BoxReader(bytes);
  for (let row = 0; row < rowCount; row++) reader.read(offsets[row]!, offsets[row + 1]!, boxes, row * BOX_NUMBERS);
  BOXES.set(column, boxes);
  return boxes;
}

/** Of one geometry in well-known binary, as `writeWkb` writes it. */
export function geometryBox(wkb: Uint8Array): Float64Array {
  const box = new Float64Array(BOX_NUMBERS);
  new BoxReader(wkb).read(0, wkb.length, box, 0);
  return box;
}

/** True where the row is a single point. */
export function isPointAt(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 1] === WkbType.Point;
}

const HEAD_BYTES = 5;
const COUNT_BYTES = 4;
const POSITION_BYTES = 16;

class BoxReader {
  readonly #view: DataView;
  #at = 0;
  #minX = 0;
  #minY = 0;
  #maxX = 0;
  #maxY = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(start: number, end: number, out: Float64Array, place: number): void {
    this.#at = start;
    this.#minX = this.#minY = Number.POSITIVE_INFINITY;
    this.#maxX = this.#maxY = Number.NEGATIVE_INFINITY;
    if (end > start) this.#geometry();
    out[place] = this.#minX;
    out[place + 1] = this.#minY;
    out[place + 2] = this.#maxX;
    out[place + 3] = this.#maxY;
  }

  #geometry(): void {
    const type = this.#view.getUint32(this.#at + 1, true);
    this.#at += HEAD_BYTES;
    if (type === WkbType.Point) {
      this.#positions(1);
      return;
    }
    const count = type === WkbType.LineString ? 1 : this.#count();
    for (let i = 0; i < count; i++) {
      if (type === WkbType.LineString || type === WkbType.Polygon) this.#positions(this.#count());
      else this.#geometry();
    }
  }

  #count(): number {
    const count = this.#view.getUint32(this.#at, true);
    this.#at += COUNT_BYTES;
    return count;
  }

  /** An empty point has NaN, which is neither smaller nor larger. */
  #positions(count: number): void {
    for (let i = 0; i < count; i++, this.#at += POSITION_BYTES) {
      const x = this.#view.getFloat64(this.#at, true);
      const y = this.#view.getFloat64(this.#at + 8, true);
      if (x < this.#minX) this.#minX = x;
      if (x > this.#maxX) this.#maxX = x;
      if (y < this.#minY) this.#minY = y;
      if (y > this.#maxY) this.#maxY = y;
    }
  }
}
