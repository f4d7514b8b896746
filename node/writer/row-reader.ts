import type { Tracer } from '@opentelemetry/api';
import { BraidError } from '../../core/errors.ts';
import type { Filter } from '../../core/filter/filter.ts';
import { FilterCache } from '../../core/filter/filter-cache.ts';
import { UTC } from '../../core/time/timestamptz.ts';
import type {
  FetchRequest,
  FetchResponse,
  FilterMessage,
  QueryRequest,
  QueryResponse,
  Scope,
  SearchRequest,
  SearchResponse,
  TermStatisticsRequest,
  TermStatisticsResponse,
} from '../../proto/generated/node.ts';
import { arrayFrom } from '../../proto/node-protocol/column-codec.ts';
import { decodeTemplates } from '../../proto/node-protocol/filter-codec.ts';
import type { ReadKind, ReadObserver } from '../segment/read-observer.ts';
import { fetchRows, querySegments, type ReadOptions, searchSegments } from '../segment/read-segments.ts';
import type { Segment } from '../segment/segment.ts';
import { segmentSpans } from '../segment/segment-spans.ts';
import { termStatistics } from '../segment/term-statistics.ts';
import { type Coverage, readCoverage } from './read-coverage.ts';
import type { WritableCollection } from './writable-collection.ts';
import { requireCollection, type WriterContext } from './writer-context.ts';

/** The writer's answers to reads: for every row that the caller's view does not cover. */
export class RowReader {
  readonly #context: WriterContext;
  readonly #filters = new FilterCache();
  readonly #tracer: Tracer | undefined;
  readonly #observer: ReadObserver | undefined;

  constructor(context: WriterContext, tracer: Tracer | undefined, observer: ReadObserver | undefined) {
    this.#context = context;
    this.#tracer = tracer;
    this.#observer = observer;
  }

  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResponse> {
    const startedMs = performance.now();
    return readCoverage(this.#context, scopeOf(request), request.ignoreGrowing, signal, (coverage) => {
      this.#observer?.waited('search', performance.now() - startedMs);
      return searchSegments(coverage.segments, request, this.#options('search', coverage, request, signal));
    });
  }

  query(request: QueryRequest, signal: AbortSignal): Promise<QueryResponse> {
    const startedMs = performance.now();
    return readCoverage(this.#context, scopeOf(request), request.ignoreGrowing, signal, (coverage) => {
      this.#observer?.waited('query', performance.now() - startedMs);
      return querySegments(coverage.segments, request, this.#options('query', coverage, request, signal));
    });
  }

  termStatistics(request: TermStatisticsRequest, signal: AbortSignal): Promise<TermStatisticsResponse> {
    return readCoverage(this.#context, scopeOf(request), request.ignoreGrowing, signal, ({ segments, state }) =>
      termStatistics(segments, request, { state }),
    );
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchResponse> {
    const collection = requireCollection(this.#context, request.collectionId);
    const segments = await this.#segmentsById(collection, request.segmentIds, signal);
    const columns = await fetchRows(
      segments,
      {
        segmentIndexes: arrayFrom(Int32Array, request.segmentIndexes),
        rowOffsets: arrayFrom(Uint32Array, request.rowOffsets),
        outputFieldIds: request.outputFieldIds,
      },
      signal,
    );
    return { columns };
  }

  /** A segment keeps its id and its offsets from its first row until it is compacted away. */
  async #segmentsById(
    collection: WritableCollection,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly Segment[]> {
    for (;;) {
      const found = ids.map((id) => collection.unsealed.get(id)?.segment ?? collection.residents.get(id));
      const missingId = ids.find((_, index) => found[index] === undefined);
      if (missingId === undefined) return found as Segment[];
      const record = collection.live.get(missingId) ?? collection.retired.get(missingId);
      if (!record) {
        throw new BraidError('segmentNotFound', `segment ${missingId} of collection ${collection.id} is not here`);
      }
      await collection.residents.open(record, signal);
    }
  }

  #options(
    kind: ReadKind,
    coverage: Coverage,
    { context, scope, filter }: SearchRequest | QueryRequest,
    signal: AbortSignal,
  ): ReadOptions {
    const { record } = coverage.collection;
    const onSegment = segmentSpans(this.#tracer, kind, context?.traceparent);
    return {
      schema: record.schema,
      indexes: record.indexes,
      ...(scope && { expiry: { fieldId: scope.expiryFieldId, before: scope.expiredBefore } }),
      filter: this.#compile(coverage.collection, filter),
      state: coverage.state,
      signal,
      ...(this.#observer && { observer: this.#observer }),
      ...(onSegment && { onSegment }),
    };
  }

  #compile(collection: WritableCollection, filter: FilterMessage | undefined): Filter | undefined {
    if (!filter || filter.text.trim() === '') return undefined;
    const { schema } = collection.record;
    return this.#filters.compile(filter.text, collection.id, schema, decodeTemplates(filter), filter.zone || UTC);
  }
}

function scopeOf({ scope }: Pick<SearchRequest, 'scope'>): Scope {
  if (!scope) throw new BraidError('parameterMissing', 'the call names no scope');
  return scope;
}
