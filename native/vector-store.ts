/**
 * The typed face of the addon: one vector field of one segment.
 *
 * A store is an append-only matrix of rows, plus (optionally) an index over a prefix of them: a graph, or inverted lists. Rows are dense
 * offsets 0..n-1 in the order they were added; an index knows them by these offsets. Nothing is ever removed: a delete is a cleared bit
 * in the caller's filter, compaction builds a new store.
 *
 * No call here holds the event loop: what costs more than a copy runs on native threads and answers with a promise.
 * Every argument is checked before it reaches C++; a bad one throws `TypeError` or `RangeError` naming the argument,
 * its value and the limit. Distances are "smaller is nearer" for every metric, see `Metric`.
 */
import type { SearchCost } from './search-cost.ts';

/** Element type of the rows as the user inserted them. `b1` is packed bits, most significant bit first as Milvus packs them. */
export type Scalar = 'f32' | 'f16' | 'bf16' | 'i8' | 'b1';

/**
 * What `distances` holds:
 * - `l2`      squared Euclidean distance;
 * - `ip`      minus the dot product (so that smaller is nearer);
 * - `cosine`  minus the cosine similarity (a zero vector has similarity 0);
 * - `hamming` number of differing bits; `jaccard` 1 - |a and b| / |a or b| (0 for two empty sets).
 * `hamming` and `jaccard` go with `b1` only, the others with the other scalars only.
 */
export type Metric = 'l2' | 'ip' | 'cosine' | 'hamming' | 'jaccard';

/** Parameters of a graph (HNSW: Malkov & Yashunin 2016, arXiv:1603.09320). */
export interface GraphOptions {
  readonly kind: 'graph';
  /** Neighbours kept per node above the base layer; the base layer keeps twice as many. 2..2048. */
  readonly connectivity: number;
  /** Breadth of the search while inserting ("efConstruction"). 1..65536. */
  readonly expansionAdd: number;
  /** Element type of the graph's own copy of the rows, see `CopyScalar`. Default: `bf16` for f32 and f16 rows, the row's own type otherwise. */
  readonly scalar?: CopyScalar;
}

/**
 * Parameters of inverted lists (IVF: Sivic & Zisserman 2003): k-means over the rows, every row in the list of its nearest centre. Bits are
 * clustered as vectors of 0 and 1.
 */
export interface ListsOptions {
  readonly kind: 'lists';
  /**
   * Lists wanted, up to 65536; 0: four for each root of the rows. Fewer are made of few rows: at least 39 rows a list, and at most eight lists
   * for each root of the rows.
   */
  readonly listCount: number;
  /** Element type of a copy that the lists compare, see `CopyScalar`. Default: the row's own type, no copy. */
  readonly scalar?: CopyScalar;
}

export type IndexOptions = GraphOptions | ListsOptions;

/**
 * An index may compare copies of float rows that are narrower. Hits are then found by the copies and measured again on the rows, so distances are
 * always exact. `i8` spreads the values evenly over 255 steps between the extremes that the first indexed rows have (1.1 times that; later
 * rows are cut there): have some thousand rows before the first `index`. i8 and b1 rows are compared as they are.
 */
export type CopyScalar = Scalar;

export interface VectorStoreOptions {
  readonly dimensions: number;
  readonly scalar: Scalar;
  readonly metric: Metric;
  /** Without it the store answers by exact scan only. */
  readonly index?: IndexOptions;
}

export interface SearchOptions {
  /** Neighbours wanted per query, 1..`LIMITS.kMax`. Fewer come back when fewer rows are allowed. */
  readonly k: number;
  /** Breadth of the walk over a graph ("ef"); at least k is used. */
  readonly expansion: number;
  /** Lists that are read ("nprobe"): those nearest to the query, at most all; more under a filter. 0 (default): 1.75 for each root of their number (jaccard: 2.5), at least 8. */
  readonly probes?: number;
  /** Where the index compares copies: the nearest so many of them are measured again on the rows; at least k. 0 (default): 1.5 k + 8. */
  readonly candidates?: number;
  /**
   * Allowed rows, one bit per row, least significant bit of byte 0 first; at least ceil(rows / 8) bytes, where rows is
   * `visibleRows`. Absent: every row. It is read during the call: the caller must not change or transfer it before the promise
   * settles.
   */
  readonly filter?: Uint8Array;
  /** Number of set bits of `filter` if the caller knows it; counted otherwise. Decides between the index and the list. */
  readonly allowedCount?: number;
  /** Rows at or beyond this offset are not seen. Default: `rowCount` at the time of the call. */
  readonly visibleRows?: number;
  /** `auto` (default) chooses per call by the number of allowed rows; `exact` scans; `index` uses the index whatever the filter. */
  readonly method?: 'auto' | 'exact' | 'index';
}

/** Hits of all queries, query after query, nearest first; hits of one query start at the sum of the counts before it. */
export interface SearchHits extends SearchCost {
  /** Hits per query. */
  readonly counts: Uint32Array;
  readonly offsets: Uint32Array;
  readonly distances: Float32Array;
  /**
   * How the answer was found, for the trace: by a walk over the `graph`; by a `probe` of inverted lists; by a `list`, every allowed row
   * measured on the index's narrower copy and the best again on the rows; or by measuring every allowed row as it is.
   */
  readonly method: 'graph' | 'probe' | 'list' | 'exact';
}

export interface VectorStore {
  readonly dimensions: number;
  readonly scalar: Scalar;
  readonly metric: Metric;
  /** Bytes of one row: dimensions x bytes per element (b1: dimensions / 8). */
  readonly rowBytes: number;
  /** Rows added so far; all of them are searchable at once (beyond `indexedCount` by exact scan). */
  readonly rowCount: number;
  /** Rows 0..indexedCount-1 are in the index. */
  readonly indexedCount: number;
  /** True for a store opened from files: `append` and `index` throw. */
  readonly readOnly: boolean;
  /** Bytes held in memory by rows, copies and index (mapped files are not counted, loaded ones are). */
  readonly memoryBytes: number;
  /** Copies `count` rows of `rowBytes` each to the end. Synchronous (a memcpy); visible to searches that start later. */
  append(rows: Uint8Array, count: number): void;
  /**
   * Brings rows into the index, in order, on up to `threads` native threads, until `upTo` rows (default: all) are in. Searches and
   * appends may run meanwhile. One call at a time: a second one while the first or a `save` runs rejects. Resolves to
   * `indexedCount`. Lists are made anew whenever the rows have doubled since.
   */
  index(options?: { readonly upTo?: number; readonly threads?: number }): Promise<number>;
  /**
   * `queries`: `queryCount` rows of the store's scalar type (same layout as `append`), not to be changed or transferred before
   * the promise settles. Many calls may run at once; the queries of one are spread over the threads of the pool.
   */
  search(queries: Uint8Array, queryCount: number, options: SearchOptions): Promise<SearchHits>;
  /** The stored rows at these offsets, as they were appended, in that order. */
  get(offsets: Uint32Array): Uint8Array;
  /**
   * Writes the store: `<path>.rows` (the plain row-major matrix, little endian, no header) and, if an index was configured and all
   * rows are in it, `<path>.graph` (a usearch file without vectors; keys are offsets) or `<path>.lists`, and, where the index keeps a copy of
   * another scalar, `<path>.vectors` (that copy behind a head of 64 bytes); native/README.md says what is in them. None of them
   * may exist. Each is written, synced and closed; the caller renames, checksums and publishes. Rejects while `index` runs.
   */
  save(path: string): Promise<readonly SavedFile[]>;
  /**
   * Releases memory and mappings once running calls are done. Searches under way are answered; `index` stops at the rows it is
   * at and rejects. Later calls throw. Idempotent.
   */
  close(): void;
}

export interface SavedFile {
  readonly path: string;
  readonly byteLength: number;
}

/** Bounds checked before C++ sees a value. */
export const LIMITS = {
  dimensionsMin: 1,
  dimensionsMax: 262_144,
  kMax: 16_384 * 2,
  expansionMax: 65_536,
  queriesMax: 16_384,
  rowsMax: 2 ** 31 - 1,
  threadsMax: 64,
  connectivityMin: 2,
  connectivityMax: 2_048,
  listsMax: 65_536,
  /** Rows measured again for one query. */
  candidatesMax: 65_536,
  /** Hits of one call, all queries together: its answer is 8 bytes a hit. */
  hitsMax: 2 ** 26,
} as const;
