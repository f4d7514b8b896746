import { setBit } from '../../core/bitset.ts';
import type { BytesColumn, Column, PrimaryKey } from '../../core/columns/column.ts';
import { listsOfElements } from '../../core/columns/lists-of-elements.ts';
import { BraidError } from '../../core/errors.ts';
import type { Filter } from '../../core/filter/filter.ts';
import type { GroupKey } from '../../core/merge/group-key.ts';
import type { KeyList } from '../../core/merge/merge-hits.ts';
import { comparesLists } from '../../core/metric.ts';
import { type Expiry, NO_EXPIRY } from '../../core/schema/expiry.ts';
import { scanLists } from '../../native/list-scan.ts';
import type { SparseStatistics } from '../../native/sparse-index.ts';
import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';
import { keyListFrom } from '../../proto/node-protocol/column-codec.ts';
import { chunkGroups } from './chunk-groups.ts';
import { type ColumnChunks, chunkCountOf } from './column-chunks.ts';
import { HitRounds } from './hit-rounds.ts';
import { columnOfKeys } from './key-column.ts';
import { LIMITS } from './limits.ts';
import type { ListSpace } from './list-settings.ts';
import { orderRows } from './order-rows.ts';
import { combineRows, createRowBits, intersectRows, type RowSet } from './row-bits.ts';
import { searchDeeper } from './search-deeper.ts';
import { noHits, type SearchTarget, searchSegment } from './search-segment.ts';
import type { Segment, SegmentHits, SegmentSearch, SegmentSelect, SegmentSnapshot, SelectedRows } from './segment.ts';
import {
  gatherField,
  gatherKeys,
  gatherTimestamps,
  refuseUnloaded,
  rowBytesOf,
  type SegmentContents,
} from './segment-contents.ts';
import type { SparseField } from './sparse-field.ts';
import { TimeSlice } from './time-slice.ts';

/** The one implementation of snapshots: rows up to a count, and the deletes of one moment. */
export class Snapshot implements SegmentSnapshot {
  readonly segment: Segment;
  readonly rowCount: number;
  readonly #contents: SegmentContents;
  readonly #deleted: Uint8Array | undefined;
  readonly #expiry: Expiry;
  readonly #release: () => void;

  constructor(segment: Segment, contents: SegmentContents, release: () => void, expiry: Expiry) {
    this.segment = segment;
    this.#contents = contents;
    this.rowCount = contents.rowCount;
    this.#deleted = contents.mask.share();
    // A segment whose oldest row is young enough has none.
    this.#expiry = expiry.fieldId !== 0 || contents.minTimestamp < expiry.before ? expiry : NO_EXPIRY;
    this.#release = release;
  }

  async search(request: SegmentSearch): Promise<SegmentHits> {
    const hits = await this.#search(request);
    const { unfinished } = hits;
    if (!unfinished || request.rangeFilter === undefined || this.rowCount <= NATIVE_LIMITS.kMax) return hits;
    const rounds = new HitRounds(request.queryCount);
    rounds.add(hits, undefined);
    for (const query of unfinished) rounds.add(await searchDeeper(this, request, query), Uint32Array.of(query));
    return rounds.hits();
  }

  async #search(request: SegmentSearch): Promise<SegmentHits> {
    const { vectors, sparse, late } = this.#contents;
    refuseUnloaded(this.#contents, [request.fieldId]);
    if (late.has(request.fieldId)) await late.ready(request.fieldId);
    const sparseField = sparse.get(request.fieldId);
    if (this.rowCount > 0 && sparseField) return this.#searchSparse(sparseField, request);
    if (this.rowCount > 0 && request.lists) return this.#searchLists(request.lists, request);
    if (this.rowCount === 0 || !vectors.has(request.fieldId)) return noHits(request.queryCount);
    const { nullRows } = vectors.get(request.fieldId)!;
    const allowed = await this.#allowed(request, nullRows);
    // Read after the pause: the store may have been replaced by one of another metric.
    const vectorField = vectors.get(request.fieldId)!;
    const { field, metric, store } = vectorField;
    if (metric !== request.metric) {
      const message = `segment ${this.segment.id}: field ${field.name} is still stored for metric type ${metric}, not ${request.metric}`;
      throw new BraidError('serviceNotReady', message);
    }
    const endUse = vectorField.useStore();
    try {
      const visible = this.#visible(allowed);
      const nearest: SearchTarget['nearest'] = ({ queries, queryCount }, k) =>
        store.search(queries, queryCount, { ...visible, k, ...effortOf(request, k) });
      return await searchSegment(this.#target(allowed, nearest), request);
    } finally {
      endUse();
    }
  }

  async termStatistics(fieldId: number, terms: Uint32Array): Promise<SparseStatistics> {
    refuseUnloaded(this.#contents, [fieldId]);
    await this.#contents.late.ready(fieldId);
    const sparse = this.#contents.sparse.get(fieldId);
    return sparse ? sparse.index.statistics(terms) : { total: 0, rowCounts: new Float64Array(terms.length) };
  }

  async select(request: SegmentSelect): Promise<SelectedRows> {
    if (request.keys) return this.#rowsOfKeys(request.keys, undefined);
    return request.filter ? this.#passing(request.filter, undefined) : this.#living(undefined);
  }

  ordered(selected: SelectedRows, limit: number): Promise<Uint32Array> {
    return orderRows(this.#contents, this.rowCount, selected, limit);
  }

  ready(): Promise<void> {
    return this.#contents.late.allReady();
  }

  keys(offsets: Uint32Array): KeyList {
    return gatherKeys(this.#contents, offsets);
  }

  timestamps(offsets: Uint32Array): BigUint64Array {
    return gatherTimestamps(this.#contents, offsets);
  }

  rowBytes(fieldId: number): (offset: number) => number {
    return rowBytesOf(this.#contents, fieldId);
  }

  gather(fieldId: number, offsets: Uint32Array): Column {
    return gatherField(this.#contents, fieldId, offsets);
  }

  chunk(fieldId: number, index: number): Column {
    const from = index * LIMITS.chunkRows;
    const to = Math.min(from + LIMITS.chunkRows, this.rowCount);
    return this.#contents.scalars.get(fieldId)?.chunk(index) ?? this.gather(fieldId, rowsBetween(from, to));
  }

  async rowsOfGroups(
    { fieldId, path }: Parameters<SegmentSnapshot['rowsOfGroups']>[0],
    groups: ReadonlySet<GroupKey>,
  ): Promise<Uint8Array> {
    refuseUnloaded(this.#contents, [fieldId]);
    const bits = createRowBits(this.rowCount);
    const slice = new TimeSlice();
    for (let from = 0; from < this.rowCount; from += LIMITS.chunkRows) {
      const to = Math.min(from + LIMITS.chunkRows, this.rowCount);
      const column = this.chunk(fieldId, from / LIMITS.chunkRows);
      const { keys, codes } = chunkGroups(column, path);
      const isWanted = keys.map((key) => groups.has(key));
      for (let row = from; row < to; row++) if (isWanted[codes[row - from]!]) setBit(bits, row);
      if (slice.isOver()) await slice.next();
    }
    return bits;
  }

  [Symbol.dispose](): void {
    this.#release();
  }

  /** Rows without terms are in no postings: null rows need no hole. */
  async #searchSparse({ index }: SparseField, request: SegmentSearch): Promise<SegmentHits> {
    const allowed = await this.#allowed(request, undefined);
    const { dropRatio, bm25 } = request;
    const options = {
      visibleRows: this.rowCount,
      dropRatio,
      ...(allowed.bits && { filter: allowed.bits }),
      ...(bm25 && { bm25 }),
    };
    const nearest: SearchTarget['nearest'] = ({ queries, queryOffsets }, k) =>
      index.search({ bytes: queries, offsets: queryOffsets! }, { ...options, k });
    return searchSegment(this.#target(allowed, nearest), request);
  }

  /** Every list is measured: there is no index over their vectors. Null rows are empty lists, which are no hits. */
  async #searchLists(space: ListSpace, request: SegmentSearch): Promise<SegmentHits> {
    const column = this.#contents.scalars.get(request.fieldId);
    if (!column) return noHits(request.queryCount);
    const allowed = await this.#allowed(request, undefined);
    const chunkCount = chunkCountOf(this.rowCount);
    const chunks = await this.#lists(column, chunkCount, request);
    const options = { ...space, visibleRows: this.rowCount, ...(allowed.bits && { filter: allowed.bits }) };
    const nearest: SearchTarget['nearest'] = ({ queries, queryOffsets }, k) =>
      scanLists(chunks, { bytes: queries, offsets: queryOffsets! }, { ...options, k });
    return searchSegment(this.#target(allowed, nearest), request);
  }

  /** Of a search of elements those that meet the filter's `element_filter`. */
  async #lists(column: ColumnChunks, chunkCount: number, request: SegmentSearch): Promise<readonly BytesColumn[]> {
    const { elements } = request.filter ?? {};
    const lists = Array.from({ length: chunkCount }, (_, chunk) => column.chunk(chunk) as BytesColumn);
    if (comparesLists(request.metric) || !elements || elements === 'misplaced') return lists;
    if (!elements.struct.fieldIds.includes(request.fieldId)) return lists;
    const slice = new TimeSlice();
    const filtered: BytesColumn[] = [];
    for (const [chunk, list] of lists.entries()) {
      const source = (fieldId: number) => this.#contents.scalars.get(fieldId)?.chunk(chunk);
      filtered.push(listsOfElements(list, elements.met({ rowCount: list.rowCount, column: source })));
      if (slice.isOver()) await slice.next();
    }
    return filtered;
  }

  async #allowed({ filter, only }: SegmentSearch, without: Uint8Array | undefined): Promise<RowSet> {
    const rows = filter ? await this.#passing(filter, without) : await this.#living(without);
    return only ? intersectRows(this.rowCount, rows, only) : rows;
  }

  #visible({ bits, count }: RowSet) {
    const visibleRows = this.rowCount;
    return bits ? { visibleRows, filter: bits, allowedCount: count } : { visibleRows };
  }

  #target(allowed: RowSet, nearest: SearchTarget['nearest']): SearchTarget {
    const { hasDuplicateKeys } = this.#contents;
    const keys = (offsets: Uint32Array) => this.keys(offsets);
    const timestamps = (offsets: Uint32Array) => this.timestamps(offsets);
    return { nearest, allowed, hasDuplicateKeys, keys, timestamps };
  }

  /** Rows that are not deleted, not expired and not in `without`. */
  async #living(without: Uint8Array | undefined): Promise<RowSet> {
    return this.#contents.filters.everyRow(this.rowCount, [this.#deleted, await this.#expired(), without]);
  }

  #expired(): Promise<Uint8Array> | undefined {
    const { fieldId, before } = this.#expiry;
    if (before === 0n) return undefined;
    const { expired, timestamps } = this.#contents;
    const chunks = (index: number) => (fieldId === 0 ? timestamps.chunk(index) : this.chunk(fieldId, index));
    return expired.bits(this.#expiry, this.rowCount, chunks);
  }

  /** Of those, the ones that pass the filter. */
  async #passing(filter: Filter, without: Uint8Array | undefined): Promise<RowSet> {
    refuseUnloaded(this.#contents, filter.fieldIds);
    if (filter.primaryKeys) return this.#rowsOfKeys(filter.primaryKeys, without);
    await this.#contents.late.readyForFilters();
    return this.#contents.filters.rows(filter, this.rowCount, [this.#deleted, await this.#expired(), without]);
  }

  async #rowsOfKeys(keys: KeyList | readonly PrimaryKey[], without: Uint8Array | undefined): Promise<RowSet> {
    const bits = createRowBits(this.rowCount);
    const slice = new TimeSlice();
    for (let from = 0; from < keys.length; from += LIMITS.keysPerTurn) {
      const piece = keyListFrom([...keys.slice(from, from + LIMITS.keysPerTurn)]);
      this.#contents.keyIndex.find(columnOfKeys(piece), (_, offset) => {
        if (offset < this.rowCount) bits[offset >>> 3]! |= 1 << (offset & 7);
      });
      if (slice.isOver()) await slice.next();
    }
    return combineRows(this.rowCount, bits, [this.#deleted, await this.#expired(), without]);
  }
}

function rowsBetween(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => from + i);
}

function effortOf({ expansion, probes, candidates, isExact }: SegmentSearch, k: number) {
  return { expansion: Math.max(expansion, k), probes, candidates, method: isExact ? 'exact' : 'auto' } as const;
}
