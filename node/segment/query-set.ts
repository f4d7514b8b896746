/** Queries of a search, one behind the other. */
export interface QuerySet {
  readonly queries: Uint8Array;
  readonly queryCount: number;
  /** Where each begins in `queries` and the last one ends, in bytes, where they differ in length; undefined where all have the same. */
  readonly queryOffsets: Uint32Array | undefined;
}

/** The queries from..to-1: a view. */
export function sliceQueries({ queries, queryCount, queryOffsets }: QuerySet, from: number, to: number): QuerySet {
  if (!queryOffsets) {
    const rowBytes = queries.length / queryCount;
    return { queries: queries.subarray(from * rowBytes, to * rowBytes), queryCount: to - from, queryOffsets };
  }
  return { queries, queryCount: to - from, queryOffsets: queryOffsets.subarray(from, to + 1) };
}

/** The queries with these numbers, ascending; all of them are the set itself. */
export function pickQueries(set: QuerySet, numbers: Uint32Array): QuerySet {
  const { queries, queryCount, queryOffsets } = set;
  if (numbers.length === queryCount) return set;
  const rowBytes = queries.length / queryCount;
  const startOf = (number: number) => queryOffsets?.[number] ?? number * rowBytes;
  const offsets = new Uint32Array(numbers.length + 1);
  numbers.forEach((number, i) => {
    offsets[i + 1] = offsets[i]! + startOf(number + 1) - startOf(number);
  });
  const picked = new Uint8Array(offsets[numbers.length]!);
  numbers.forEach((number, i) => {
    picked.set(queries.subarray(startOf(number), startOf(number + 1)), offsets[i]!);
  });
  return { queries: picked, queryCount: numbers.length, queryOffsets: queryOffsets && offsets };
}
