import type { Metric, Scalar } from '../../native/vector-store.ts';

/** Rows as the user would insert them, and as numbers to compute with. */
export interface Sample {
  readonly scalar: Scalar;
  readonly dimensions: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
  /** Which cluster a row was drawn from. */
  readonly clusters: Uint16Array;
}

export interface Neighbour {
  readonly row: number;
  readonly distance: number;
}

/** Seeded, so that a failure repeats (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Rows in clusters of very different sizes (Zipf), each spread over a few directions of its own, with some noise in all of
 * them: graphs find uniform noise hard and well-separated points easy, and real embeddings are neither.
 */
export function sampleRows(scalar: Scalar, count: number, dimensions: number, seed = 1, clusterCount = 40): Sample {
  const directionsPerCluster = 6;
  const shape = randomNumbers(7);
  const centres = Float64Array.from({ length: clusterCount * dimensions }, () => normal(shape));
  const directions = Float64Array.from({ length: clusterCount * directionsPerCluster * dimensions }, () =>
    normal(shape),
  );
  const random = randomNumbers(seed);
  const values = new Float64Array(count * dimensions);
  const clusters = new Uint16Array(count);
  for (let row = 0; row < count; row++) {
    const cluster = Math.floor(clusterCount * random() ** 2);
    clusters[row] = cluster;
    const along = Array.from({ length: directionsPerCluster }, () => 0.5 * normal(random));
    for (let i = 0; i < dimensions; i++) {
      let value = centres[cluster * dimensions + i]! + 0.1 * normal(random);
      along.forEach((length, direction) => {
        value += length * directions[(cluster * directionsPerCluster + direction) * dimensions + i]!;
      });
      values[row * dimensions + i] = value;
    }
  }
  return { scalar, dimensions, count, clusters, ...encode(scalar, values) };
}

/** The bytes of these values in a scalar type, and the values that the bytes stand for. */
export function encode(scalar: Scalar, values: Float64Array): { bytes: Uint8Array; values: Float64Array } {
  switch (scalar) {
    case 'f32':
      return of(Float32Array.from(values));
    case 'f16':
      return of(Float16Array.from(values));
    case 'i8':
      return of(Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value * 30)))));
    case 'bf16': {
      const words = Uint16Array.from(new Uint32Array(Float32Array.from(values).buffer), (bits) => bits >>> 16);
      const widened = new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer);
      return { bytes: new Uint8Array(words.buffer), values: Float64Array.from(widened) };
    }
    case 'b1': {
      const bytes = new Uint8Array(values.length / 8);
      values.forEach((value, i) => {
        if (value > 0) bytes[i >> 3]! |= 0x80 >> (i & 7);
      });
      return { bytes, values: values.map((value) => (value > 0 ? 1 : 0)) };
    }
  }
}

function of(array: Float32Array | Float16Array | Int8Array): { bytes: Uint8Array; values: Float64Array } {
  return { bytes: new Uint8Array(array.buffer), values: Float64Array.from(array) };
}

/** The definition of `Metric`, in double precision. */
export function distanceBetween(metric: Metric, a: Float64Array, b: Float64Array): number {
  let dot = 0;
  let squares = 0;
  let normA = 0;
  let normB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    dot += x * y;
    squares += (x - y) ** 2;
    normA += x * x;
    normB += y * y;
  }
  switch (metric) {
    case 'l2':
    case 'hamming':
      return squares;
    case 'ip':
      return -dot;
    case 'cosine':
      return normA * normB === 0 ? 0 : -dot / Math.sqrt(normA * normB);
    case 'jaccard':
      return normA + normB === 0 ? 0 : 1 - dot / (normA + normB - dot);
  }
}

/** The truth: every row measured, nearest first. */
export function bruteForce(
  metric: Metric,
  rows: Sample,
  query: Float64Array,
  k: number,
  isAllowed: (row: number) => boolean = () => true,
): Neighbour[] {
  const all: Neighbour[] = [];
  for (let row = 0; row < rows.count; row++) {
    if (isAllowed(row)) all.push({ row, distance: distanceBetween(metric, vectorOf(rows, row), query) });
  }
  return all.sort((a, b) => a.distance - b.distance || a.row - b.row).slice(0, k);
}

export function vectorOf(sample: Sample, row: number): Float64Array {
  return sample.values.subarray(row * sample.dimensions, (row + 1) * sample.dimensions);
}

/** Share of the true neighbours found. A row as near as the last of them is as good: bits have many equal distances. */
export function recallOf(truth: readonly Neighbour[], found: readonly Neighbour[]): number {
  if (truth.length === 0) return found.length === 0 ? 1 : 0;
  const last = truth.at(-1)!.distance;
  const limit = last + Math.abs(last) * 1e-5 + 1e-6;
  return Math.min(1, found.filter(({ distance }) => distance <= limit).length / truth.length);
}

/** A filter with these rows allowed. */
export function filterOf(rowCount: number, isAllowed: (row: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rowCount / 8));
  for (let row = 0; row < rowCount; row++) if (isAllowed(row)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
