import type { Tracer } from '@opentelemetry/api';
import { BraidError } from '../../core/errors.ts';
import type { FilterCache } from '../../core/filter/filter-cache.ts';
import { UTC } from '../../core/time/timestamptz.ts';
import { GUARANTEE_EVENTUALLY } from '../../core/timestamps.ts';
import type {
  CallContext,
  FetchRequest,
  FetchResponse,
  NodeStatus,
  QueryRequest,
  QueryResponse,
  SearchRequest,
  SearchResponse,
  TermStatisticsRequest,
  TermStatisticsResponse,
  WatchStatusRequest,
} from '../../proto/generated/node.ts';
import { arrayFrom } from '../../proto/node-protocol/column-codec.ts';
import { decodeTemplates } from '../../proto/node-protocol/filter-codec.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { tagCall } from '../../telemetry/log/call-scope.ts';
import type { ReadKind, ReadObserver } from '../segment/read-observer.ts';
import { fetchRows, querySegments, type ReadOptions, searchSegments } from '../segment/read-segments.ts';
import type { SealedSegment } from '../segment/sealed-segment.ts';
import { segmentSpans } from '../segment/segment-spans.ts';
import { termStatistics } from '../segment/term-statistics.ts';
import type { ClusterFollower } from './cluster-follower.ts';
import type { ReaderCollection } from './reader-collection.ts';

/**
 * A reader: answers for the sealed segments it is asked for. It never answers staler than the guarantee of the call, and never for a segment it
 * has not verified. What it holds is decided by the follower; a segment that is asked for earlier is loaded on demand.
 */
export class ReaderNode implements Omit<Shard, 'spans'> {
  readonly address: string;
  readonly #follower: ClusterFollower;
  readonly #filters: FilterCache;
  readonly #tracer: Tracer | undefined;
  readonly #observer: ReadObserver | undefined;

  constructor(
    address: string,
    follower: ClusterFollower,
    filters: FilterCache,
    tracer?: Tracer,
    observer?: ReadObserver,
  ) {
    this.address = address;
    this.#follower = follower;
    this.#filters = filters;
    this.#tracer = tracer;
    this.#observer = observer;
  }

  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchResponse> {
    const read = await this.#beginRead('search', request, signal);
    return searchSegments(read.segments, request, read.options);
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResponse> {
    const read = await this.#beginRead('query', request, signal);
    return querySegments(read.segments, request, read.options);
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchResponse> {
    const collection = await this.#collection(request.collectionId, request.schemaVersion);
    const segments = await this.#segments(collection, request.segmentIds, request.context, signal);
    const rows = {
      segmentIndexes: arrayFrom(Int32Array, request.segmentIndexes),
      rowOffsets: arrayFrom(Uint32Array, request.rowOffsets),
      outputFieldIds: request.outputFieldIds,
    };
    return { columns: await fetchRows(segments, rows, signal) };
  }

  async termStatistics(request: TermStatisticsRequest, signal: AbortSignal): Promise<TermStatisticsResponse> {
    const read = await this.#beginRead('search', request, signal);
    return termStatistics(read.segments, request, read.options);
  }

  watchStatus(_request: WatchStatusRequest, signal: AbortSignal): AsyncIterable<NodeStatus> {
    return this.#follower.watchStatus(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#follower[Symbol.asyncDispose]();
  }

  /** Everything that may have to wait: the catalog, the segments, the guarantee. What follows runs in one turn on what is there. */
  async #beginRead(
    kind: ReadKind,
    request: Pick<SearchRequest, 'scope' | 'context'> & Partial<Pick<SearchRequest, 'filter'>>,
    signal: AbortSignal,
  ): Promise<{ readonly segments: readonly SealedSegment[]; readonly options: ReadOptions }> {
    const startedMs = performance.now();
    const { scope, context, filter } = request;
    if (!scope) throw new BraidError('parameterMissing', 'the call names no scope');
    const collection = await this.#collection(scope.collectionId, scope.schemaVersion);
    let segments = await this.#segments(collection, scope.segmentIds, context, signal);
    if (scope.guaranteeTimestamp > GUARANTEE_EVENTUALLY && scope.guaranteeTimestamp > collection.appliedTimestamp) {
      const beganMs = performance.now();
      await collection.reach(scope.guaranteeTimestamp, context?.timeoutMs ?? 0, signal);
      tagCall(() => ({ guarantee_wait_ms: performance.now() - beganMs }));
      // Some may have been loaded anew meanwhile, with more fields.
      segments = segments.map((segment) => collection.heldSegment(segment.id) ?? segment);
    }
    this.#observer?.waited(kind, performance.now() - startedMs);
    const { record } = collection;
    const options: ReadOptions = {
      schema: record.schema,
      indexes: record.indexes,
      expiry: { fieldId: scope.expiryFieldId, before: scope.expiredBefore },
      filter:
        filter &&
        this.#filters.compile(filter.text, record.id, record.schema, decodeTemplates(filter), filter.zone || UTC),
      state: {
        appliedTimestamp: collection.appliedTimestamp,
        lastDeleteTimestamp: collection.lastDeleteTimestamp,
      },
      signal,
      ...(this.#observer && { observer: this.#observer }),
    };
    const onSegment = segmentSpans(this.#tracer, kind, context?.traceparent);
    return { segments, options: onSegment ? { ...options, onSegment } : options };
  }

  /** The collection with at least the schema that the caller knows. */
  async #collection(id: number, schemaVersion: number): Promise<ReaderCollection> {
    const isKnown = (found: ReaderCollection | undefined): found is ReaderCollection =>
      found !== undefined && found.record.schema.version >= schemaVersion;
    let collection = this.#follower.collection(id);
    if (!isKnown(collection)) {
      await this.#follower.refreshCatalog();
      collection = this.#follower.collection(id);
    }
    if (!isKnown(collection))
      throw new BraidError('collectionNotLoaded', `collection ${id} is not loaded on this reader`);
    return collection;
  }

  async #segments(
    collection: ReaderCollection,
    ids: readonly number[],
    context: CallContext | undefined,
    signal: AbortSignal,
  ): Promise<readonly SealedSegment[]> {
    const held = ids.map((id) => collection.heldSegment(id));
    if (held.every((segment) => segment !== undefined)) return held;
    const beganMs = performance.now();
    const loaded = Promise.all(ids.map((id) => collection.segment(id)));
    try {
      return await withinTimeout(
        loaded,
        context?.timeoutMs ?? 0,
        signal,
        `segments of collection ${collection.collectionId} are still being loaded`,
      );
    } finally {
      tagCall(() => ({ load_wait_ms: performance.now() - beganMs }));
    }
  }
}

async function withinTimeout<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal, message: string): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new BraidError('cancelled', 'cancelled by the caller'));
  signal.addEventListener('abort', onAbort, { once: true });
  const onTimeout = (): void => reject(new BraidError('deadlineExceeded', `${message} after ${timeoutMs} ms`));
  const timer = timeoutMs > 0 ? setTimeout(onTimeout, timeoutMs) : undefined;
  try {
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
