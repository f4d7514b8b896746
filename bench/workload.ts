import { createVectorStore } from '../native/native.ts';

export const NEIGHBOURS = 10;
const QUERIES = 500;

/** Rows to index, queries that are not among them, and the true neighbours of each query. */
export interface Workload {
  readonly name: string;
  readonly dimension: number;
  readonly rowCount: number;
  /** Row-major, unit length. */
  readonly rows: Float32Array;
  readonly queryCount: number;
  readonly queries: Float32Array;
  /** `NEIGHBOURS` row numbers per query, by exact search. */
  readonly exact: Uint32Array;
}

/** Takes every n-th vector out as a query and computes the truth over the others. */
export async function createWorkload(name: string, dimension: number, vectors: Float32Array): Promise<Workload> {
  const total = vectors.length / dimension;
  const queryCount = Math.min(QUERIES, Math.floor(total / 10));
  const step = Math.floor(total / queryCount);
  const rows = new Float32Array((total - queryCount) * dimension);
  const queries = new Float32Array(queryCount * dimension);
  let rowAt = 0;
  let queryAt = 0;
  for (let i = 0; i < total; i++) {
    const vector = vectors.subarray(i * dimension, (i + 1) * dimension);
    const isQuery = i % step === 0 && queryAt < queryCount;
    if (isQuery) queries.set(vector, queryAt++ * dimension);
    else rows.set(vector, rowAt++ * dimension);
  }
  const exact = await exactNeighbours(dimension, rows, queries, queryCount);
  return { name, dimension, rowCount: rowAt, rows, queryCount, queries, exact };
}

async function exactNeighbours(
  dimension: number,
  rows: Float32Array,
  queries: Float32Array,
  queryCount: number,
): Promise<Uint32Array> {
  const store = createVectorStore({ dimensions: dimension, scalar: 'f32', metric: 'cosine' });
  store.append(bytesOf(rows), rows.length / dimension);
  const hits = await store.search(bytesOf(queries), queryCount, {
    k: NEIGHBOURS,
    expansion: NEIGHBOURS,
    method: 'exact',
  });
  store.close();
  return hits.offsets;
}

/** Share of the true neighbours that an answer holds; `found` has `NEIGHBOURS` row numbers per query, -1 where there are fewer. */
export function recallOf(workload: Workload, found: ArrayLike<number>, queryCount = workload.queryCount): number {
  let hits = 0;
  for (let query = 0; query < queryCount; query++) {
    const truth = new Set(workload.exact.subarray(query * NEIGHBOURS, (query + 1) * NEIGHBOURS));
    for (let i = 0; i < NEIGHBOURS; i++) if (truth.has(found[query * NEIGHBOURS + i]!)) hits++;
  }
  return hits / (queryCount * NEIGHBOURS);
}

export function bytesOf(array: Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
