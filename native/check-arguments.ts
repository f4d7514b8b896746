import {
  type GraphOptions,
  LIMITS,
  type Metric,
  type Scalar,
  type SearchOptions,
  type VectorStoreOptions,
} from './vector-store.ts';

/** What is wrong with an argument is said here, in JavaScript's terms; C++ takes what it gets. */

export const SCALARS: readonly Scalar[] = ['f32', 'f16', 'bf16', 'i8', 'b1'];
export const METRICS: readonly Metric[] = ['l2', 'ip', 'cosine', 'hamming', 'jaccard'];
/** Element types that a graph may keep a copy of floating-point rows in. */
const COPY_SCALARS: readonly Scalar[] = ['f32', 'f16', 'bf16'];
const CONNECTIVITY_MIN = 2;
const CONNECTIVITY_MAX = 2_048;
const EXPANSION_ADD_MAX = 65_536;

export function checkInteger(name: string, value: number, minimum: number, maximum: number): void {
  if (!Number.isInteger(value)) throw new TypeError(`${name} must be a whole number, got ${value}`);
  if (value < minimum || value > maximum) {
    throw new RangeError(`${name} must be from ${minimum} to ${maximum}, got ${value}`);
  }
}

export function checkBytes(name: string, value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be a Uint8Array, got ${typeof value}`);
}

export function checkOptions({ dimensions, scalar, metric, graph }: VectorStoreOptions): void {
  if (!SCALARS.includes(scalar)) throw new TypeError(`scalar must be one of ${SCALARS.join(', ')}, got ${scalar}`);
  if (!METRICS.includes(metric)) throw new TypeError(`metric must be one of ${METRICS.join(', ')}, got ${metric}`);
  checkInteger('dimensions', dimensions, LIMITS.dimensionsMin, LIMITS.dimensionsMax);
  const isBits = scalar === 'b1';
  if (isBits !== (metric === 'hamming' || metric === 'jaccard')) {
    throw new TypeError(`metric ${metric} does not go with scalar ${scalar}`);
  }
  if (isBits && dimensions % 8 !== 0) {
    throw new RangeError(`dimensions of b1 must be a multiple of 8, got ${dimensions}`);
  }
  if (graph) checkGraph(graph, scalar);
}

function checkGraph({ connectivity, expansionAdd, scalar: copy }: GraphOptions, scalar: Scalar): void {
  checkInteger('graph.connectivity', connectivity, CONNECTIVITY_MIN, CONNECTIVITY_MAX);
  checkInteger('graph.expansionAdd', expansionAdd, 1, EXPANSION_ADD_MAX);
  if (copy === undefined || copy === scalar) return;
  if (!COPY_SCALARS.includes(scalar) || !COPY_SCALARS.includes(copy)) {
    throw new TypeError(`graph.scalar ${copy} does not go with rows of ${scalar}`);
  }
}

/** Element type of the graph's copy: bf16 unless the user decides otherwise; small integers and bits stay what they are. */
export function graphScalar(options: VectorStoreOptions): Scalar {
  const { scalar, graph } = options;
  return graph?.scalar ?? (scalar === 'f32' || scalar === 'f16' ? 'bf16' : scalar);
}

export function rowBytes({ scalar, dimensions }: VectorStoreOptions): number {
  switch (scalar) {
    case 'f32':
      return dimensions * 4;
    case 'f16':
    case 'bf16':
      return dimensions * 2;
    case 'i8':
      return dimensions;
    case 'b1':
      return dimensions / 8;
  }
}

export function checkRows(name: string, bytes: unknown, count: number, bytesPerRow: number): void {
  checkBytes(name, bytes);
  if (bytes.length !== count * bytesPerRow) {
    throw new RangeError(`${name} must have ${count} x ${bytesPerRow} bytes, got ${bytes.length}`);
  }
}

/** `visibleRows` is what the search will see. */
export function checkSearch(options: SearchOptions, visibleRows: number): void {
  checkInteger('k', options.k, 1, LIMITS.kMax);
  checkInteger('expansion', options.expansion, 0, LIMITS.expansionMax);
  const { filter, allowedCount } = options;
  if (filter === undefined) return;
  checkBytes('filter', filter);
  if (filter.length * 8 < visibleRows) {
    throw new RangeError(`filter must have a bit for each of ${visibleRows} rows, got ${filter.length} bytes`);
  }
  if (allowedCount !== undefined) checkInteger('allowedCount', allowedCount, 0, visibleRows);
}
