import { availableParallelism } from 'node:os';
import { loadAddon, METRICS, SCALARS } from './addon.ts';
import { checkBytes, checkInteger, checkOptions } from './check-arguments.ts';
import { joinHits, nearestHits } from './join-hits.ts';
import { LIMITS, type Metric, type Scalar, type SearchHits } from './vector-store.ts';

/** Rows that are lists of vectors, in the order of the rows: row i of the chunk is `bytes[offsets[i] .. offsets[i + 1]]`. */
export interface ListChunk {
  readonly bytes: Uint8Array;
  /** One more than the chunk has rows. */
  readonly offsets: Uint32Array;
}

export interface ListScanOptions {
  readonly dimensions: number;
  readonly scalar: Scalar;
  readonly metric: Metric;
  readonly k: number;
  /** Allowed rows, as in `SearchOptions`. */
  readonly filter?: Uint8Array;
  readonly visibleRows: number;
}

/** Queries of one native call: a thread of the pool is free again after them. */
const QUERIES_AT_ONCE = 16;

/**
 * The k nearest rows of each query, exactly. Queries are lists, too: the distance is the sum over the query's vectors of the distance to the nearest vector of the row (MaxSim, if
 * similarity is minus the distance). Rows without a vector are no hits. Works on threads of the pool, several for one query; the chunks must not change meanwhile.
 */
export async function scanLists(
  chunks: readonly ListChunk[],
  queries: ListChunk,
  options: ListScanOptions,
): Promise<SearchHits> {
  const queryCount = queries.offsets.length - 1;
  checkScan(chunks, queries, queryCount, options);
  const ranges = rangesOf(chunks, queryCount);
  const atOnce = Math.min(QUERIES_AT_ONCE, Math.ceil(queryCount / availableParallelism()));
  const groups: Promise<SearchHits>[] = [];
  for (let first = 0; first < queryCount; first += atOnce) {
    const count = Math.min(atOnce, queryCount - first);
    const parts = ranges.map((range) => ask(range, queries, first, count, options));
    groups.push(Promise.all(parts).then((hits) => nearestHits(hits, options.k)));
  }
  return joinHits(await Promise.all(groups));
}

interface ChunkRange {
  readonly chunks: readonly ListChunk[];
  readonly firstRow: number;
}

/** Few queries share the rows among the threads. */
function rangesOf(chunks: readonly ListChunk[], queryCount: number): ChunkRange[] {
  const rangeCount = Math.min(chunks.length, Math.max(1, Math.ceil(availableParallelism() / queryCount)));
  const ranges: ChunkRange[] = [];
  let firstRow = 0;
  for (let range = 0; range < rangeCount; range++) {
    const from = Math.floor((chunks.length * range) / rangeCount);
    const part = chunks.slice(from, Math.floor((chunks.length * (range + 1)) / rangeCount));
    ranges.push({ chunks: part, firstRow });
    firstRow += part.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  }
  return ranges;
}

function ask(
  { chunks, firstRow }: ChunkRange,
  queries: ListChunk,
  first: number,
  count: number,
  { k, filter, visibleRows, dimensions, scalar, metric }: ListScanOptions,
): Promise<SearchHits> {
  return loadAddon().scanLists(
    chunks.map(({ bytes }) => bytes),
    chunks.map(({ offsets }) => offsets),
    firstRow,
    queries.bytes,
    queries.offsets,
    first,
    count,
    k,
    filter,
    visibleRows,
    dimensions,
    SCALARS.indexOf(scalar),
    METRICS.indexOf(metric),
  );
}

function checkScan(
  chunks: readonly ListChunk[],
  queries: ListChunk,
  queryCount: number,
  { k, filter, visibleRows, ...space }: ListScanOptions,
): void {
  checkOptions(space);
  checkInteger('k', k, 1, LIMITS.kMax);
  checkInteger('queryCount', queryCount, 1, LIMITS.queriesMax);
  checkEnd('queries', queries);
  checkQueries(queries, space);
  // What lies between the ends of a chunk was checked when the rows came or the file was read.
  for (const chunk of chunks) checkEnd('chunk', chunk);
  const rowCount = chunks.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  checkInteger('visibleRows', visibleRows, 0, rowCount);
  if (filter === undefined) return;
  checkBytes('filter', filter);
  if (filter.byteLength * 8 < visibleRows) {
    throw new RangeError(`filter must have a bit for each of ${visibleRows} rows, got ${filter.byteLength} bytes`);
  }
}

function checkEnd(name: string, { bytes, offsets }: ListChunk): void {
  checkBytes(name, bytes);
  const end = offsets.at(-1)!;
  if (end > bytes.length) throw new RangeError(`${name} must have ${end} bytes, got ${bytes.length}`);
}

function checkQueries(
  { offsets }: ListChunk,
  { dimensions, scalar }: Pick<ListScanOptions, 'dimensions' | 'scalar'>,
): void {
  const vectorBytes = (dimensions * BITS[scalar]) / 8;
  for (let query = 0; query + 1 < offsets.length; query++) {
    const length = offsets[query + 1]! - offsets[query]!;
    if (length >= 0 && length % vectorBytes === 0) continue;
    throw new RangeError(`queries must be whole vectors of ${vectorBytes} bytes, query ${query} has ${length} bytes`);
  }
}

const BITS: Readonly<Record<Scalar, number>> = { f32: 32, f16: 16, bf16: 16, i8: 8, b1: 1 };
