import type { MetricType } from '../metric.ts';
import { DataType } from '../schema/data-type.ts';

/** The numbers of vectors, one behind the other; the bits of binary ones as bytes. */
type Numbers = Float32Array | Float16Array | Int8Array | Uint8Array;

/** Score of vector `at` of `vectors` for query `query` of `queries`, as users see it (L2 squared, IP and COSINE larger for nearer). */
export type VectorScore = (query: number, at: number) => number;

/** Compares vectors of a dense type in plain code: for the few whose neighbourhood is known already. `queries`, `vectors`: rows one behind the other. */
export function vectorScores(
  metric: MetricType,
  dataType: DataType,
  dimension: number,
  queries: Uint8Array,
  vectors: Uint8Array,
): VectorScore {
  const left = numbersOf(dataType, queries);
  const right = numbersOf(dataType, vectors);
  const length = dataType === DataType.BinaryVector ? dimension / 8 : dimension;
  switch (metric) {
    case 'L2':
      return (query, at) => sum(length, (i) => (left[query * length + i]! - right[at * length + i]!) ** 2);
    case 'IP':
      return (query, at) => dot(left, query, right, at, length);
    case 'COSINE':
      return (query, at) => {
        const norms = dot(left, query, left, query, length) * dot(right, at, right, at, length);
        return norms === 0 ? 0 : dot(left, query, right, at, length) / Math.sqrt(norms);
      };
    case 'HAMMING':
      return (query, at) => sum(length, (i) => ones(left[query * length + i]! ^ right[at * length + i]!));
    case 'JACCARD':
      return (query, at) => {
        const union = sum(length, (i) => ones(left[query * length + i]! | right[at * length + i]!));
        const common = sum(length, (i) => ones(left[query * length + i]! & right[at * length + i]!));
        return union === 0 ? 0 : 1 - common / union;
      };
    default:
      throw new Error(`metric type ${metric} does not compare single vectors`);
  }
}

function dot(left: Numbers, query: number, right: Numbers, at: number, length: number): number {
  return sum(length, (i) => left[query * length + i]! * right[at * length + i]!);
}

function sum(length: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += term(i);
  return total;
}

function ones(byte: number): number {
  let count = 0;
  for (let left = byte; left !== 0; left &= left - 1) count++;
  return count;
}

function numbersOf(dataType: DataType, bytes: Uint8Array): Numbers {
  // A copy: aligned, whatever the bytes are a view on.
  const { buffer } = new Uint8Array(bytes);
  switch (dataType) {
    case DataType.FloatVector:
      return new Float32Array(buffer);
    case DataType.Float16Vector:
      return new Float16Array(buffer);
    case DataType.BFloat16Vector:
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
    case DataType.Int8Vector:
      return new Int8Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}
