import { METHODS, METRICS, SCALARS } from './addon.ts';
import { type IndexOptions, LIMITS, type Scalar, type SearchOptions, type VectorStoreOptions } from './vector-store.ts';

/**
 * What is wrong with an argument is said here, in JavaScript's terms: `TypeError` for what can never be right, `RangeError` for
 * a number out of bounds. C++ takes what it gets.
 */

const INDEX_KINDS: readonly IndexOptions['kind'][] = ['graph', 'lists'];

export function checkInteger(name: string, value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be a whole number, got ${value}`);
  if (value < minimum || value > maximum) {
    throw new RangeError(`${name} must be from ${minimum} to ${maximum}, got ${value}`);
  }
}

export function checkOptions({ dimensions, scalar, metric, index }: VectorStoreOptions): void {
  checkOneOf('scalar', scalar, SCALARS);
  checkOneOf('metric', metric, METRICS);
  checkInteger('dimensions', dimensions, LIMITS.dimensionsMin, LIMITS.dimensionsMax);
  const isBits = scalar === 'b1';
  if (isBits !== (metric === 'hamming' || metric === 'jaccard')) {
    throw new TypeError(`metric ${metric} does not go with scalar ${scalar}`);
  }
  if (isBits && dimensions % 8 !== 0) {
    throw new RangeError(`dimensions of b1 must be a multiple of 8, got ${dimensions}`);
  }
  if (index) checkIndex(index, scalar);
}

function checkIndex(index: IndexOptions, scalar: Scalar): void {
  checkOneOf('index.kind', index.kind, INDEX_KINDS);
  if (index.kind === 'lists') {
    checkInteger('index.listCount', index.listCount, 0, LIMITS.listsMax);
  } else {
    checkInteger('index.connectivity', index.connectivity, LIMITS.connectivityMin, LIMITS.connectivityMax);
    checkInteger('index.expansionAdd', index.expansionAdd, 1, LIMITS.expansionMax);
  }
  if (index.scalar === undefined || index.scalar === scalar) return;
  checkOneOf('index.scalar', index.scalar, SCALARS);
  // Bits are nothing to convert, and i8 rows nothing to narrow.
  if (scalar === 'b1' || scalar === 'i8' || index.scalar === 'b1') {
    throw new TypeError(`index.scalar ${index.scalar} does not go with rows of ${scalar}`);
  }
}

export function checkRows(name: string, rows: Uint8Array, count: number, rowBytes: number): void {
  checkBytes(name, rows);
  if (rows.byteLength !== count * rowBytes) {
    throw new RangeError(`${name} must be ${count} x ${rowBytes} bytes long, got ${rows.byteLength}`);
  }
}

/** `rows`: what the store holds; `visibleRows`: what the search will see of it. */
export function checkSearch(options: SearchOptions, queryCount: number, visibleRows: number, rows: number): void {
  checkInteger('k', options.k, 1, LIMITS.kMax);
  checkInteger('expansion', options.expansion, 0, LIMITS.expansionMax);
  checkInteger('probes', options.probes ?? 0, 0, LIMITS.listsMax);
  checkInteger('candidates', options.candidates ?? 0, 0, LIMITS.candidatesMax);
  checkInteger('visibleRows', visibleRows, 0, rows);
  checkOneOf('method', options.method ?? 'auto', METHODS);
  const hits = queryCount * Math.min(options.k, visibleRows);
  if (hits > LIMITS.hitsMax) {
    throw new RangeError(`queryCount x k must be at most ${LIMITS.hitsMax} hits, got ${queryCount} x ${options.k}`);
  }
  const { filter, allowedCount } = options;
  if (filter === undefined) return;
  checkBytes('filter', filter);
  if (filter.byteLength * 8 < visibleRows) {
    throw new RangeError(`filter must have a bit for each of ${visibleRows} rows, got ${filter.byteLength} bytes`);
  }
  if (allowedCount !== undefined) checkInteger('allowedCount', allowedCount, 0, visibleRows);
}

export function checkOffsets(offsets: Uint32Array, rows: number): void {
  if (!(offsets instanceof Uint32Array)) throw new TypeError(`offsets must be a Uint32Array, got ${nameOf(offsets)}`);
  for (const offset of offsets) {
    if (offset >= rows) throw new RangeError(`offsets must be below the ${rows} rows of the store, got ${offset}`);
  }
}

export function checkBytes(name: string, value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be a Uint8Array, got ${nameOf(value)}`);
}

function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new TypeError(`${name} must be one of ${allowed.join(', ')}, got ${value}`);
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' ? value.constructor.name : typeof value;
}
