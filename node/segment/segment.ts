import type { SegmentRecord } from '../../core/catalog.ts';
import type { Column } from '../../core/columns/column.ts';
import type { Filter } from '../../core/filter/filter.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import type { MetricType } from '../../core/metric.ts';
import type { Timestamp } from '../../core/timestamps.ts';

/**
 * A set of rows of one partition, growing or sealed, as searches see it. Rows are dense offsets 0..rowCount-1; offsets never change meaning.
 *
 * A read sees the rows that were there when it began and the deletes applied by then; it never sees half of an insert or of an upsert
 * (the writer applies both in one turn of the event loop, and reads fix their `visibleRows` and mask in one turn, too).
 */
export interface Segment {
  readonly id: number;
  readonly partitionId: number;
  readonly state: 'growing' | 'sealed';
  readonly rowCount: number;
  /** Rows that a delete masks. */
  readonly deletedCount: number;
  /** Rows in the vector indexes (the smallest number over the fields). */
  readonly indexedRowCount: number;
  readonly memoryBytes: number;
  /** Of a sealed segment. */
  readonly record?: SegmentRecord;
  /** Keys occur more than once in it: searches ask for more than k to fill k distinct keys. */
  readonly hasDuplicateKeys: boolean;

  /** Nearest rows, k per query with distinct keys where there are as many. Filter and deletes are applied inside. */
  search(request: SegmentSearch): Promise<SegmentHits>;
  /** Offsets of the rows that pass (filter or keys) and are not deleted, ascending. */
  select(request: SegmentSelect): Uint32Array;
  /** How many rows pass: `select(...).length` without making the list. */
  count(request: SegmentSelect): number;
  /** Primary keys of these rows. */
  keys(offsets: Uint32Array): KeyList;
  /** Insert timestamps of these rows. */
  timestamps(offsets: Uint32Array): BigUint64Array;
  /** A field's values at these rows; the default or null where the segment is older than the field. */
  gather(fieldId: number, offsets: Uint32Array): Column;
  /** Masks every row with one of the keys and an insert timestamp below the delete's. Returns rows newly masked. Idempotent. */
  applyDeletes(deletes: DeleteBatch): number;
  /** Readers of the segment that are under way keep it alive; memory and mappings go when the last is done. */
  close(): void;
}

export interface SegmentSearch {
  readonly fieldId: number;
  readonly metric: MetricType;
  /** Rows of the field's scalar type. */
  readonly queries: Uint8Array;
  readonly queryCount: number;
  readonly k: number;
  /** Breadth of the walk in this segment, already shrunk for the number of segments. */
  readonly expansion: number;
  readonly filter: Filter | undefined;
  readonly radius: number | undefined;
  readonly rangeFilter: number | undefined;
}

/** Hits as in core/merge; scores are in the user's terms (L2 squared, IP and COSINE larger is nearer). */
export interface SegmentHits {
  readonly counts: Uint32Array;
  readonly scores: Float32Array;
  readonly offsets: Uint32Array;
  readonly method: 'graph' | 'exact';
  readonly visited: number;
}

export interface SegmentSelect {
  readonly filter: Filter | undefined;
  readonly keys: KeyList | undefined;
}

/** Deletes in the order of their timestamps. */
export interface DeleteBatch {
  readonly keys: KeyList;
  readonly timestamps: BigUint64Array;
  /** Partition of each delete, 0 for all; undefined when all are for all partitions. */
  readonly partitionIds: BigInt64Array | undefined;
}

export interface DeleteEntry {
  readonly timestamp: Timestamp;
  readonly partitionId: number;
}
