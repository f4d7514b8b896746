import type { IndexRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { Filter } from '../../core/filter/filter.ts';
import { LIMITS } from '../../core/limits.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { parseMetricType } from '../../core/metric.ts';
import { type CollectionSchema, fieldById } from '../../core/schema/collection-schema.ts';
import { isDenseVector, vectorRowBytes } from '../../core/schema/data-type.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import type {
  ColumnMessage,
  QueryRequest,
  QueryResponse,
  ReadState,
  SearchRequest,
  SearchResponse,
} from '../../proto/generated/node.ts';
import { bytesOf, decodeKeys, encodeColumn, encodeKeys } from '../../proto/node-protocol/column-codec.ts';
import { defaultColumn } from './default-column.ts';
import { gatherRows, type RowPlaces, tooLarge } from './gather-rows.ts';
import { mergeOrdered } from './merge-ordered.ts';
import { defaultExpansion, planSegments } from './search-plan.ts';
import { type SearchedSnapshots, searchSnapshots } from './search-snapshots.ts';
import type { Segment, SegmentSearch, SegmentSnapshot } from './segment.ts';
import { vectorSettings } from './vector-settings.ts';

/** What a read needs besides the request and the segments. */
export interface ReadOptions {
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
  /** The request's filter, compiled; the same object for the same filter (segments cache its result by identity). */
  readonly filter: Filter | undefined;
  /** What the node had applied when the read began, in the turn of the call; sent back with the answer. */
  readonly state: Pick<ReadState, 'appliedTimestamp' | 'lastDeleteTimestamp'>;
  readonly signal?: AbortSignal;
  /** Called as a segment's part begins; what it returns is called as it ends (also when the read fails): a span per segment. */
  readonly onSegment?: (segmentId: number) => (info: SegmentReadInfo) => void;
}

export interface SegmentReadInfo {
  readonly rowCount: number;
  /** Hits (search) or rows (query) it gave. */
  readonly found: number;
  /** Distances computed. */
  readonly visited: number;
  readonly method: 'graph' | 'exact' | 'filter' | 'keys';
  /** Times it was asked (2 and more: its last hit still beat the k-th of all). */
  readonly rounds: number;
  /** When its last answer came, by `performance.now()`: it is reported when the whole read ends. */
  readonly endMs: number;
}

/**
 * Best k rows per query over all these segments, as one node answers. Snapshots of all segments are taken before the call returns its promise.
 * The caller has picked the segments (scope, partitions) and waited for the guarantee timestamp. Throws `parameterInvalid` for a metric that is not the index's.
 */
export async function searchSegments(
  segments: readonly Segment[],
  request: SearchRequest,
  options: ReadOptions,
): Promise<SearchResponse> {
  const search = checkedSearch(request, options);
  using reading = new Reading(segments, request.ignoreGrowing, options);
  const { snapshots } = reading;
  const plans = planSegments({
    k: search.k,
    expansion: search.expansion,
    rowCounts: snapshots.map((snapshot) => snapshot.rowCount),
    segmentCount: request.segmentCount,
  });
  const found = await searchSnapshots(snapshots, search, plans, options.signal);
  found.parts.forEach((part, i) => {
    const { scores, visited, method } = part.hits;
    reading.end(i, { found: scores.length, visited, method, rounds: part.rounds, endMs: part.endMs });
  });
  return await answerOf(found, snapshots, request, options);
}

/** Rows that pass the filter or have one of the keys, by ascending primary key, distinct keys, the newest row of each; or only their count. */
export async function querySegments(
  segments: readonly Segment[],
  request: QueryRequest,
  options: ReadOptions,
): Promise<QueryResponse> {
  using reading = new Reading(segments, request.ignoreGrowing, options);
  const { snapshots } = reading;
  const keys = request.keys && decodeKeys(request.keys);
  const { filter, signal } = options;
  const method = keys || filter?.primaryKeys ? 'keys' : 'filter';
  const selected = await Promise.all(snapshots.map((snapshot) => snapshot.select({ filter, keys })));
  selected.forEach(({ count }, i) => {
    reading.end(i, { found: count, visited: 0, method, rounds: 1, endMs: performance.now() });
  });
  const total = selected.reduce((sum, rows) => sum + rows.count, 0);
  const state = { ...options.state, rowCount: reading.rowCount, visited: 0 };
  if (request.countOnly) {
    return { keys: undefined, timestamps: new Uint8Array(0), columns: [], count: total, state };
  }
  const wanted = request.limit === 0 ? total : Math.min(request.limit, total);
  if (wanted * BigUint64Array.BYTES_PER_ELEMENT * 2 > LIMITS.responseBytesMax) throw tooLarge(wanted);
  const ordered: Uint32Array[] = [];
  for (let i = 0; i < snapshots.length; i++) {
    signal?.throwIfAborted();
    ordered.push(await snapshots[i]!.ordered(selected[i]!, request.limit));
  }
  const rows = await mergeOrdered(snapshots, ordered, request.limit, signal);
  const columns = await gatherFields(snapshots, rows, request.outputFieldIds, options);
  return { keys: encodeKeys(rows.keys), timestamps: bytesOf(rows.timestamps), columns, count: rows.keys.length, state };
}

export interface FetchRowsRequest {
  /** Index into the segments, per row. */
  readonly segmentIndexes: Int32Array;
  readonly rowOffsets: Uint32Array;
  readonly outputFieldIds: readonly number[];
}

/** Fields of rows found before, in the order asked for. */
export async function fetchRows(
  segments: readonly Segment[],
  request: FetchRowsRequest,
  signal?: AbortSignal,
): Promise<ColumnMessage[]> {
  const { segmentIndexes, rowOffsets, outputFieldIds } = request;
  if (segmentIndexes.length !== rowOffsets.length) {
    const message = `${segmentIndexes.length} segment indexes for ${rowOffsets.length} row offsets`;
    throw new BraidError('parameterInvalid', message);
  }
  for (let i = 0; i < rowOffsets.length; i++) {
    const segment = segments[segmentIndexes[i]!];
    if (segment && rowOffsets[i]! < segment.rowCount) continue;
    throw new BraidError(
      'parameterInvalid',
      `row ${rowOffsets[i]} of segment index ${segmentIndexes[i]} does not exist`,
    );
  }
  const snapshots: SegmentSnapshot[] = [];
  try {
    for (const segment of segments) snapshots.push(segment.snapshot());
    const places = { segments: Uint32Array.from(segmentIndexes), offsets: rowOffsets };
    return await gatherRows(snapshots, places, outputFieldIds, signal);
  } finally {
    for (const snapshot of snapshots) snapshot[Symbol.dispose]();
  }
}

/** The snapshots of one read, and the account given of each segment's part. */
class Reading implements Disposable {
  readonly snapshots: readonly SegmentSnapshot[];
  readonly #ends: (((info: SegmentReadInfo) => void) | undefined)[];

  constructor(segments: readonly Segment[], ignoreGrowing: boolean, options: ReadOptions) {
    const snapshots: SegmentSnapshot[] = [];
    try {
      for (const segment of segments) {
        if (ignoreGrowing && segment.state === 'growing') continue;
        segment.updateSchema(options.schema);
        snapshots.push(segment.snapshot());
      }
    } catch (error) {
      for (const snapshot of snapshots) snapshot[Symbol.dispose]();
      throw error;
    }
    this.snapshots = snapshots;
    this.#ends = snapshots.map((snapshot) => options.onSegment?.(snapshot.segment.id));
  }

  get rowCount(): number {
    return this.snapshots.reduce((sum, snapshot) => sum + snapshot.rowCount, 0);
  }

  end(index: number, info: Omit<SegmentReadInfo, 'rowCount'>): void {
    this.#ends[index]?.({ ...info, rowCount: this.snapshots[index]!.rowCount });
    this.#ends[index] = undefined;
  }

  [Symbol.dispose](): void {
    const nothing = {
      rowCount: 0,
      found: 0,
      visited: 0,
      method: 'exact',
      rounds: 0,
      endMs: performance.now(),
    } as const;
    for (const end of this.#ends) end?.(nothing);
    for (const snapshot of this.snapshots) snapshot[Symbol.dispose]();
  }
}

function checkedSearch(request: SearchRequest, options: ReadOptions): SegmentSearch {
  const { k, queryCount, queries, radius, rangeFilter } = request;
  const field = fieldById(options.schema, request.fieldId);
  if (!field || !isDenseVector(field.dataType)) {
    throw new BraidError('fieldNotFound', `field ${request.fieldId} is no vector field of ${options.schema.name}`);
  }
  const { metric } = vectorSettings(field, options.indexes);
  const expected = request.metricType === '' ? metric : parseMetricType(request.metricType);
  if (expected !== metric) {
    throw new BraidError('parameterInvalid', `metric type ${expected} is not that of the index, expected ${metric}`);
  }
  if (k < 1 || k > NATIVE_LIMITS.kMax) {
    throw new BraidError('parameterInvalid', `k is ${k}, it must be from 1 to ${NATIVE_LIMITS.kMax}`);
  }
  const rowBytes = vectorRowBytes(field.dataType, field.dimension!);
  if (queries.length !== queryCount * rowBytes) {
    const message = `field ${field.name}: ${queryCount} queries have ${queries.length} bytes, expected ${rowBytes} each`;
    throw new BraidError('parameterInvalid', message);
  }
  const expansion = Math.min(request.expansion || defaultExpansion(k), NATIVE_LIMITS.expansionMax);
  return { fieldId: field.id, metric, queries, queryCount, k, expansion, filter: options.filter, radius, rangeFilter };
}

async function answerOf(
  { parts, merged }: SearchedSnapshots,
  snapshots: readonly SegmentSnapshot[],
  request: SearchRequest,
  options: ReadOptions,
): Promise<SearchResponse> {
  const { counts, lists, rows } = merged;
  const count = rows.length;
  const scores = new Float32Array(count);
  const timestamps = new BigUint64Array(count);
  const offsets = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const { list, hits } = parts[lists[i]!]!;
    scores[i] = list.scores[rows[i]!]!;
    timestamps[i] = list.timestamps[rows[i]!]!;
    offsets[i] = hits.offsets[rows[i]!]!;
  }
  const columns = await gatherFields(snapshots, { segments: lists, offsets }, request.outputFieldIds, options);
  const visited = parts.reduce((sum, part) => sum + part.hits.visited, 0);
  const rowCount = snapshots.reduce((sum, snapshot) => sum + snapshot.rowCount, 0);
  return {
    counts: bytesOf(counts),
    scores: bytesOf(scores),
    keys: encodeKeys(
      pickKeys(
        parts.map((part) => part.list.keys),
        lists,
        rows,
      ),
    ),
    timestamps: bytesOf(timestamps),
    segmentIndexes: bytesOf(lists),
    rowOffsets: bytesOf(offsets),
    segmentIds: snapshots.map((snapshot) => snapshot.segment.id),
    columns,
    state: { ...options.state, rowCount, visited },
  };
}

/** Without a segment there are columns all the same, of no rows. */
async function gatherFields(
  snapshots: readonly SegmentSnapshot[],
  places: RowPlaces,
  fieldIds: readonly number[],
  options: ReadOptions,
): Promise<ColumnMessage[]> {
  if (snapshots.length > 0) return gatherRows(snapshots, places, fieldIds, options.signal);
  return fieldIds.map((fieldId) => {
    const field = fieldById(options.schema, fieldId);
    if (!field) throw new BraidError('fieldNotFound', `field ${fieldId} is not in ${options.schema.name}`);
    return encodeColumn(fieldId, defaultColumn(field, 0));
  });
}

function pickKeys(keys: readonly KeyList[], lists: Uint32Array, rows: Uint32Array): KeyList {
  if (keys.length > 0 && !(keys[0] instanceof BigInt64Array)) {
    return Array.from(rows, (row, i) => keys[lists[i]!]![row]! as string);
  }
  const picked = new BigInt64Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = (keys[lists[i]!] as BigInt64Array)[rows[i]!]!;
  return picked;
}
