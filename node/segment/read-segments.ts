import type { IndexRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { Filter } from '../../core/filter/filter.ts';
import { LIMITS as API_LIMITS } from '../../core/limits.ts';
import { groupColumn } from '../../core/merge/group-key.ts';
import { type CollectionSchema, fieldById } from '../../core/schema/collection-schema.ts';
import { type Expiry, NO_EXPIRY } from '../../core/schema/expiry.ts';
import { NO_COST, type SearchCost, sumOfCosts } from '../../native/search-cost.ts';
import type {
  ColumnMessage,
  QueryRequest,
  QueryResponse,
  ReadState,
  SearchRequest,
  SearchResponse,
} from '../../proto/generated/node.ts';
import { bytesOf, decodeColumn, decodeKeys, encodeColumn, encodeKeys } from '../../proto/node-protocol/column-codec.ts';
import { aggregateSnapshots } from './aggregate-snapshots.ts';
import { defaultColumn } from './default-column.ts';
import { gatherRows, type RowPlaces, tooLarge } from './gather-rows.ts';
import { type Grouping, groupingOf } from './grouping.ts';
import { LIMITS } from './limits.ts';
import { mergeOrdered } from './merge-ordered.ts';
import { sliceQueries } from './query-set.ts';
import type { ReadKind, ReadObserver } from './read-observer.ts';
import { searchGroupedSnapshots } from './search-grouped-snapshots.ts';
import { planSearch } from './search-plan.ts';
import { type SearchedSnapshots, searchSnapshots } from './search-snapshots.ts';
import type { Segment, SegmentHits, SegmentSearch, SegmentSnapshot } from './segment.ts';
import { segmentSearch } from './segment-search.ts';
import { winnersOf } from './winners.ts';

/** What a read needs besides the request and the segments. */
export interface ReadOptions {
  readonly schema: CollectionSchema;
  readonly indexes: readonly IndexRecord[];
  /** Expired rows are not read; default: none have. */
  readonly expiry?: Expiry;
  /** The request's filter, compiled; the same object for the same filter (segments cache its result by identity). */
  readonly filter: Filter | undefined;
  /** What the node had applied when the read began, in the turn of the call; sent back with the answer. */
  readonly state: Pick<ReadState, 'appliedTimestamp' | 'lastDeleteTimestamp'>;
  readonly signal?: AbortSignal;
  /** For metrics. */
  readonly observer?: ReadObserver;
  /** Called as a segment's part begins; what it returns is called as it ends (also when the read fails): a span per segment. */
  readonly onSegment?: (segmentId: number) => (info: SegmentReadInfo) => void;
}

export interface SegmentReadInfo extends SearchCost {
  readonly state: Segment['state'];
  readonly rowCount: number;
  /** Rows that pass the filter and are neither deleted nor expired. */
  readonly allowedCount: number;
  /** Hits (search) or rows (query) it gave. */
  readonly found: number;
  readonly method: SegmentHits['method'] | 'filter' | 'keys';
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
  const asked = segmentSearch(request, options);
  using reading = new Reading('search', segments, request.ignoreGrowing, options);
  options.observer?.searched(asked.queryCount, asked.k);
  const { snapshots } = reading;
  const plan = planSearch({
    k: asked.k,
    expansion: asked.expansion,
    rowCounts: snapshots.map((snapshot) => snapshot.rowCount),
    segmentCount: request.segmentCount,
  });
  const search = { ...asked, expansion: plan.expansion };
  const groups: SearchedSnapshots[] = [];
  const grouping = groupingOf(request, options);
  for (const group of groupsOf(search)) {
    groups.push(
      grouping
        ? await searchGroupedSnapshots(snapshots, group, grouping, options.signal)
        : await searchSnapshots(snapshots, group, plan.segments, options.signal),
    );
  }
  const visited = reading.endSearch(groups);
  const startedMs = performance.now();
  const winners = winnersOf(groups);
  reading.reduced(groups.reduce((sum, { reduceMs }) => sum + reduceMs, performance.now() - startedMs));
  const columns = await gatherFields(snapshots, winners, request.outputFieldIds, options);
  return {
    counts: bytesOf(winners.counts),
    scores: bytesOf(winners.scores),
    keys: encodeKeys(winners.keys),
    timestamps: bytesOf(winners.timestamps),
    segmentIndexes: bytesOf(winners.segments),
    rowOffsets: bytesOf(winners.offsets),
    segmentIds: snapshots.map((snapshot) => snapshot.segment.id),
    columns,
    state: { ...options.state, rowCount: reading.rowCount, visited },
    groupValues: grouping && (await groupValuesOf(snapshots, winners, grouping, options)),
  };
}

async function groupValuesOf(
  snapshots: readonly SegmentSnapshot[],
  places: RowPlaces,
  { fieldId, path }: Grouping,
  options: ReadOptions,
): Promise<ColumnMessage> {
  const [values] = await gatherFields(snapshots, places, [fieldId], options);
  return path === undefined ? values! : encodeColumn(fieldId, groupColumn(decodeColumn(values!), path));
}

/** Merging runs on the event loop: many queries are searched in groups of at most `LIMITS.hitsPerTurn` hits, on the same snapshots. */
function groupsOf(search: SegmentSearch): readonly SegmentSearch[] {
  const queriesAtOnce = Math.max(1, Math.floor(LIMITS.hitsPerTurn / search.k));
  if (search.queryCount <= queriesAtOnce) return [search];
  const groups: SegmentSearch[] = [];
  for (let from = 0; from < search.queryCount; from += queriesAtOnce) {
    groups.push({ ...search, ...sliceQueries(search, from, Math.min(from + queriesAtOnce, search.queryCount)) });
  }
  return groups;
}

const NOTHING = new Uint8Array(0);

/** Rows that pass the filter or have one of the keys, by ascending primary key, distinct keys, the newest row of each; or only their count, or aggregates over them. */
export async function querySegments(
  segments: readonly Segment[],
  request: QueryRequest,
  options: ReadOptions,
): Promise<QueryResponse> {
  using reading = new Reading('query', segments, request.ignoreGrowing, options);
  const { snapshots } = reading;
  const keys = request.keys && decodeKeys(request.keys);
  const { filter, signal } = options;
  const method = keys || filter?.primaryKeys ? 'keys' : 'filter';
  const selected = await Promise.all(snapshots.map((snapshot) => snapshot.select({ filter, keys })));
  selected.forEach(({ count }, i) => {
    reading.segmentRead(i, NO_COST);
    reading.end(i, { found: count, allowedCount: count, ...NO_COST, method, rounds: 1, endMs: performance.now() });
  });
  const total = selected.reduce((sum, rows) => sum + rows.count, 0);
  const state = { ...options.state, rowCount: reading.rowCount, visited: 0 };
  if (request.countOnly) {
    return { keys: undefined, timestamps: NOTHING, columns: [], count: total, state };
  }
  if (request.aggregation) {
    const { groupCount, columns } = await aggregateSnapshots(snapshots, selected, request.aggregation, options);
    return { keys: undefined, timestamps: NOTHING, columns, count: groupCount, state };
  }
  const wanted = request.limit === 0 ? total : Math.min(request.limit, total);
  if (wanted * BigUint64Array.BYTES_PER_ELEMENT * 2 > API_LIMITS.responseBytesMax) throw tooLarge(wanted);
  const startedMs = performance.now();
  const ordered: Uint32Array[] = [];
  for (let i = 0; i < snapshots.length; i++) {
    signal?.throwIfAborted();
    ordered.push(await snapshots[i]!.ordered(selected[i]!, request.limit));
  }
  const rows = await mergeOrdered(snapshots, ordered, request.limit, signal);
  reading.reduced(performance.now() - startedMs);
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
  readonly #kind: ReadKind;
  readonly #observer: ReadObserver | undefined;
  readonly #startedMs = performance.now();
  readonly #ends: (((info: SegmentReadInfo) => void) | undefined)[];

  constructor(kind: ReadKind, segments: readonly Segment[], ignoreGrowing: boolean, options: ReadOptions) {
    const { expiry = NO_EXPIRY } = options;
    this.#kind = kind;
    this.#observer = options.observer;
    const snapshots: SegmentSnapshot[] = [];
    try {
      for (const segment of segments) {
        if (ignoreGrowing && segment.state === 'growing') continue;
        if (expiry.fieldId === 0 && segment.maxTimestamp < expiry.before) continue;
        segment.updateSchema(options.schema);
        snapshots.push(segment.snapshot(expiry));
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

  /** Reports every segment's part over all groups of queries. Returns the distances computed. */
  endSearch(groups: readonly SearchedSnapshots[]): number {
    let total = 0;
    for (let i = 0; i < this.snapshots.length; i++) {
      const parts = groups.map((group) => group.parts[i]!);
      const cost = sumOfCosts(parts.map((part) => part.hits));
      const found = parts.reduce((sum, part) => sum + part.hits.scores.length, 0);
      const rounds = parts.reduce((most, part) => Math.max(most, part.rounds), 0);
      const { hits, endMs } = parts.at(-1)!;
      this.segmentRead(i, cost, endMs);
      const { method, allowedCount } = hits;
      this.end(i, { found, allowedCount, ...cost, method, rounds, endMs });
      total += cost.visited;
    }
    return total;
  }

  segmentRead(index: number, cost: SearchCost, endMs = performance.now()): void {
    const { state } = this.snapshots[index]!.segment;
    this.#observer?.segmentRead(this.#kind, state, endMs - this.#startedMs, cost);
  }

  reduced(durationMs: number): void {
    this.#observer?.reduced(this.#kind, durationMs);
  }

  end(index: number, info: Omit<SegmentReadInfo, 'rowCount' | 'state'>): void {
    const { segment, rowCount } = this.snapshots[index]!;
    this.#ends[index]?.({ ...info, rowCount, state: segment.state });
    this.#ends[index] = undefined;
  }

  [Symbol.dispose](): void {
    const nothing = {
      found: 0,
      allowedCount: 0,
      ...NO_COST,
      method: 'exact',
      rounds: 0,
      endMs: performance.now(),
    } as const;
    for (let i = 0; i < this.#ends.length; i++) this.end(i, nothing);
    for (const snapshot of this.snapshots) snapshot[Symbol.dispose]();
  }
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
