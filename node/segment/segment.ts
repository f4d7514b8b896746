import type { IndexRecord, SegmentRecord } from '../../core/catalog.ts';
import type { Column } from '../../core/columns/column.ts';
import type { Filter } from '../../core/filter/filter.ts';
import type { GroupKey } from '../../core/merge/group-key.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { MetricType } from '../../core/metric.ts';
import type { CollectionSchema } from '../../core/schema/collection-schema.ts';
import type { Expiry } from '../../core/schema/expiry.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import type { SearchCost } from '../../native/search-cost.ts';
import type { Bm25Options, SparseStatistics } from '../../native/sparse-index.ts';
import type { SearchHits } from '../../native/vector-store.ts';
import type { Grouping } from './grouping.ts';
import type { ListSpace } from './list-settings.ts';
import type { QuerySet } from './query-set.ts';

/**
 * A set of rows of one partition, growing or sealed, as searches see it. Rows are dense offsets 0..rowCount-1; offsets never change meaning.
 *
 * Reads go through a `snapshot`: the rows and the deletes of one turn of the event loop. Whoever reads several segments takes all snapshots in one turn,
 * and whoever writes applies an insert or an upsert in one turn: so a read never sees half of either, however long it takes.
 */
export interface Segment {
  readonly id: number;
  readonly partitionId: number;
  readonly state: 'growing' | 'sealed';
  readonly rowCount: number;
  /** Rows that a delete masks. */
  readonly deletedCount: number;
  /** Insert timestamps of its oldest and its newest row; 0 while it is empty. */
  readonly minTimestamp: Timestamp;
  readonly maxTimestamp: Timestamp;
  /** Rows in the vector indexes (the smallest number over the fields). */
  readonly indexedRowCount: number;
  readonly memoryBytes: number;
  /** Of a sealed segment. */
  readonly record?: SegmentRecord;
  /** Keys may occur more than once among its live rows: searches ask for more than k to fill k distinct keys. */
  readonly hasDuplicateKeys: boolean;

  /**
   * The rows and deletes as they are now, without the rows that have expired (default: none have). Keeps
   * the segment's memory until it is disposed of. Throws `segmentNotFound` after `close`.
   */
  snapshot(expiry?: Expiry): SegmentSnapshot;
  /**
   * Masks every row with one of the keys and an insert timestamp below the delete's. Returns rows newly masked. Idempotent. Synchronous:
   * whoever has more than `LIMITS.deletesPerTurn` keys gives them in pieces and lets the event loop turn between them.
   */
  applyDeletes(deletes: DeleteBatch): number;
  /** Follows a change of the collection's indexes (metric, graph or none). Searches go on meanwhile with what was there. */
  configureIndexes(indexes: readonly IndexRecord[]): Promise<void>;
  /** Follows fields added to the collection: rows that are there read as the default or null. An older schema changes nothing. */
  updateSchema(schema: CollectionSchema): void;
  /** Snapshots under way keep the segment alive; memory and mappings go when the last is disposed of. Idempotent. */
  close(): void;
}

/** A segment at one moment. */
export interface SegmentSnapshot extends Disposable {
  readonly segment: Segment;
  readonly rowCount: number;

  /** Nearest rows, k per query with distinct keys where there are as many. Filter and deletes are applied inside. */
  search(request: SegmentSearch): Promise<SegmentHits>;
  /** How often terms of a sparse field occur: in rows of the segment, deleted ones included. */
  termStatistics(fieldId: number, terms: Uint32Array): Promise<SparseStatistics>;
  /** Rows that pass (filter or keys) and are neither deleted nor expired. Yields to the event loop while a filter is evaluated. */
  select(request: SegmentSelect): Promise<SelectedRows>;
  /** Offsets of selected rows by ascending primary key, of equal keys the newest row only; at most `limit` of them (0: all). */
  ordered(selected: SelectedRows, limit: number): Promise<Uint32Array>;
  /** Resolves when outputs of functions that are younger than the segment are computed: before that they cannot be gathered. */
  ready(): Promise<void>;
  /** Primary keys of these rows. */
  keys(offsets: Uint32Array): KeyList;
  /** Insert timestamps of these rows. */
  timestamps(offsets: Uint32Array): BigUint64Array;
  /** How many bytes a field's value at a row has, about: what `gather` copies of it. Good for the turn. */
  rowBytes(fieldId: number): (offset: number) => number;
  /** A field's values at these rows; the default or null where the segment is older than the field. */
  gather(fieldId: number, offsets: Uint32Array): Column;
  /** A field's values at the rows from `index * LIMITS.chunkRows` on, as many as a chunk has; rows that came after the snapshot may follow. Scalars are views, which stay the same objects. */
  chunk(fieldId: number, index: number): Column;
  /** Which rows belong to one of the groups: one bit per row. Yields to the event loop; what it learns of a chunk is kept. */
  rowsOfGroups(grouping: Pick<Grouping, 'fieldId' | 'path'>, groups: ReadonlySet<GroupKey>): Promise<Uint8Array>;
}

/** `queries` are rows of the field's scalar type; with `queryOffsets` sparse vectors. */
export interface SegmentSearch extends QuerySet {
  readonly fieldId: number;
  readonly metric: MetricType;
  readonly k: number;
  /** Breadth of the walk in this segment, already shrunk for the number of segments. */
  readonly expansion: number;
  /** Lists to read in each segment, candidates to measure again; 0: the addon's default. Only dense vectors. */
  readonly probes: number;
  readonly candidates: number;
  readonly filter: Filter | undefined;
  /** Every allowed row is measured: no index may miss one. */
  readonly isExact?: boolean;
  /** If there, only these rows of the segment count: one bit per row. */
  readonly only?: Uint8Array | undefined;
  readonly radius: number | undefined;
  readonly rangeFilter: number | undefined;
  /** Sparse vectors only: share of the smallest query values that may be left out. */
  readonly dropRatio: number;
  /** With metric BM25: the queries are terms and weights. */
  readonly bm25: Bm25Options | undefined;
  /** Lists of vectors only: how their vectors compare. */
  readonly lists?: ListSpace | undefined;
}

/** Hits as in core/merge; scores are in the user's terms (L2 squared, IP and COSINE larger is nearer). */
export interface SegmentHits extends SearchCost {
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly offsets: Uint32Array;
  readonly method: SearchHits['method'];
  /** Rows that could be hits: those that pass the filter and are neither deleted nor expired. */
  readonly allowedCount: number;
  /** Queries with fewer hits than there may be, because the index looks no further. A snapshot answers without them. */
  readonly unfinished?: Uint32Array;
}

/** At most one of the two; neither: every row. */
export interface SegmentSelect {
  readonly filter: Filter | undefined;
  readonly keys: KeyList | undefined;
}

/** A set of rows of a snapshot. */
export interface SelectedRows {
  readonly count: number;
  /** One bit per row (core/bitset.ts); undefined when every row of the snapshot is selected. */
  readonly bits: Uint8Array | undefined;
}

/** Deletes in the order of their timestamps. */
export interface DeleteBatch {
  readonly keys: KeyList;
  readonly timestamps: BigUint64Array;
  /** Partition of each delete, 0 for all; undefined when all are for all partitions. */
  readonly partitionIds: BigInt64Array | undefined;
}
