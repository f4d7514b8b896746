import type { FixedValues } from '../../columns/column.ts';

/** Rows are worked on in blocks of this many (a multiple of 8), so that scratch arrays stay small and in the cache. */
export const BLOCK_ROWS = 4096;

export type NarrowValues = Exclude<FixedValues, BigInt64Array>;

/**
 * Rows `from..to` as doubles: a view if they are doubles, otherwise converted into `scratch`. Every value of these types is a double exactly.
 * Kernels then see one array type only, which keeps them fast: V8 specialises a loop on the array types it has met.
 */
export function loadDoubles(values: NarrowValues, from: number, to: number, scratch: Float64Array): Float64Array {
  if (values instanceof Float64Array) return values.subarray(from, to);
  scratch.set(values.subarray(from, to));
  return scratch;
}

/** Int64 values as pairs of 32-bit halves, low half first: reading a BigInt per row would cost several times more. */
export function halves(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}
